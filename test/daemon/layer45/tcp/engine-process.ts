import { RunningEngine, type UnitOptions } from "../running-engine.ts";

/** What is said to the process: a customization to install; it says "installed" when it is there, and at first "started". */
export interface Installation {
  module: Uint8Array;
  options: UnitOptions;
}

const engine = await new RunningEngine().start();
process.on("message", ({ module, options }: Installation) => {
  engine.install(module, options).then(() => process.send?.("installed"));
});
process.send?.("started");
