/** Reads messages with modules, one question after the other; ended from outside when a guest runs for too long. */
import { parentPort } from "node:worker_threads";
import { type CompiledModule, compileModule, customizationAbi } from "../modules/mod.ts";
import { type Digest, ProblemError, problemOf, type Reading, type ReadQuestion } from "../schemas/mod.ts";
import { readMessages } from "./read-messages.ts";

const modulesKeptMax = 16;
const modules = new Map<Digest, CompiledModule>();

parentPort?.on("message", (question: ReadQuestion) => {
  parentPort?.postMessage(answer(question));
});

function answer(question: ReadQuestion): Reading {
  try {
    return readMessages(compiled(question), question);
  } catch (error) {
    return { kind: "failed", problem: problemOf(error) };
  }
}

function compiled({ digest, module, unit }: ReadQuestion): CompiledModule {
  const known = modules.get(digest);
  if (known) return known;
  const result = compileModule(module, customizationAbi, unit);
  if (result.kind === "refused") throw new ProblemError(result.problems[0]!);
  const [oldest] = modules.keys();
  if (modules.size >= modulesKeptMax && oldest !== undefined) modules.delete(oldest);
  modules.set(digest, result.module);
  return result.module;
}

parentPort?.postMessage("ready");
