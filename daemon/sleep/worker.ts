import { runEngineLoop } from "../worker/mod.ts";
import { SleepLoop } from "./loop.ts";

runEngineLoop((context) => new SleepLoop(context));
