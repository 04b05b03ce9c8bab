/**
 * Guest programs: the WASM host that every guest engine shares, the SDK for rules (`sdk/`), the sources of the standard
 * rules (`rules/`) and their built modules (`standard/`). May import `schemas`.
 */
export { type Abi, sleepAbi, streamAbi } from "./abi.ts";
export { buildModule } from "./build.ts";
export { type AssemblyScriptOptions, type Build, buildAssemblyScript } from "./build-assemblyscript.ts";
export { buildC } from "./build-c.ts";
export { abiOf, type Compilation, type CompiledModule, compileModule, moduleBytesMax } from "./compile.ts";
export { type CallResult, Guest, type GuestOptions } from "./guest.ts";
export type { GuestServices } from "./imports.ts";
export { delayMsMax, type ReactionSink, respondBytesMax, respondPacketsMax } from "./reaction.ts";
export { SleepGuest } from "./sleep-guest.ts";
export { buildStandardModules, standardModule, standardModuleNames } from "./standard.ts";
export { readStreamAnswer, type StreamSink, streamBytesMax } from "./stream-answer.ts";
export { StreamGuest } from "./stream-guest.ts";
export { type RuleLanguage, ruleLanguages, ruleTemplate } from "./template.ts";
