import { type MemoryBus, memoryBus } from "../../bus/mod.ts";
import type { ServerAddress } from "../../controller/mod.ts";
import { type RunningController, runController } from "../../controller/run-controller.ts";
import type { ControllerTimes } from "../../controller/times.ts";
import type { MessageReader } from "../../schemas/mod.ts";
import { FakeDaemon, type FakeDaemonOptions } from "./fake-daemon.ts";
import { FakeSource } from "./fake-source.ts";
import { FakeLeadership, fleetYaml, modules, silent } from "./fixtures.ts";

/** Times at which a test ends soon, and a slow machine still is in time: who answers has long, who is silent is given up soon enough. */
export const shortTimes: Partial<ControllerTimes> = {
  commandTimeoutMs: 5_000,
  reportTimeoutMs: 5_000,
  backoffFirstMs: 10,
  backoffMaxMs: 100,
  awayAfterMs: 600,
};

export interface StartOptions {
  times?: Partial<ControllerTimes>;
  allowEmpty?: boolean;
  source?: FakeSource;
  leadership?: FakeLeadership;
  bus?: MemoryBus;
  serve?: ServerAddress[];
  /** Do not wait until the source was read. */
  isSourceSlow?: boolean;
  /** Reads messages for middleboxes; by default nobody does. */
  reader?: MessageReader;
}

/** A bus, a source with one sleeping host behind a gateway, and whatever controllers and daemons a test starts. */
export class World {
  readonly bus = memoryBus();
  readonly source = new FakeSource(fleetYaml(["nas"]));
  /** Of the controller started last. */
  leadership = new FakeLeadership(undefined);
  #lastTerm = 0;
  readonly #running: { stop(): unknown }[] = [];

  async controller(options: StartOptions = {}): Promise<RunningController> {
    const { source = this.source, bus = this.bus.join() } = options;
    const leadership = options.leadership ?? new FakeLeadership(++this.#lastTerm);
    this.leadership = leadership;
    const controller = await runController({
      source,
      bus,
      leadership,
      modules,
      log: silent,
      version: "1.2.3",
      times: { ...shortTimes, ...options.times },
      allowEmpty: options.allowEmpty ?? false,
      serve: options.serve ?? [],
      ...(options.reader && { reader: options.reader }),
    });
    this.#running.push(controller);
    if (!options.isSourceSlow) await controller.ready;
    return controller;
  }

  daemon(options: FakeDaemonOptions & { host?: string } = {}): FakeDaemon {
    const daemon = new FakeDaemon(this.bus.join(), options.host ?? "default/gw", options);
    this.#running.push(daemon);
    return daemon;
  }

  async end(): Promise<void> {
    for (const each of this.#running.splice(0).reverse()) await each.stop();
    await this.bus.close();
  }
}
