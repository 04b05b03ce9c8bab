import { runEngineLoop } from "../worker/mod.ts";
import { Layer45Loop } from "./loop.ts";

runEngineLoop((context) => new Layer45Loop(context));
