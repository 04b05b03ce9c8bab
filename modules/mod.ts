/**
 * Guest programs: the WASM host that every guest engine shares, the SDK for rules (`sdk/`), the sources of the standard
 * rules (`rules/`) and their built modules (`standard/`). May import `schemas`.
 */
export { type Abi, customizationAbi, sleepAbi, streamAbi } from "./abi.ts";
export { buildModule } from "./build.ts";
export { type AssemblyScriptOptions, type Build, buildAssemblyScript } from "./build-assemblyscript.ts";
export { buildC } from "./build-c.ts";
export { abiOf, type Compilation, type CompiledModule, compileModule, moduleBytesMax } from "./compile.ts";
export {
  CustomizationAnswer,
  customizationDelayMsMax,
  outputBytesMax,
  piecesMax,
  type Verdict,
  verdicts,
} from "./customization-answer.ts";
export {
  CustomizationGuest,
  type CustomizationOptions,
  type CustomizedFlow,
  messageBytesMax,
  securityBytesMax,
} from "./customization-guest.ts";
export { encodeFlowContext, type FlowContext, flowContextBytes, flowFlags } from "./flow-context.ts";
export { type CallResult, Guest, type GuestInstance, type GuestOptions, keyBytes } from "./guest.ts";
export type { GuestServices } from "./imports.ts";
export { delayMsMax, type ReactionSink, respondBytesMax, respondPacketsMax } from "./reaction.ts";
export { SleepGuest } from "./sleep-guest.ts";
export {
  buildStandardModules,
  standardModule,
  standardModuleNames,
  standardPluginFile,
  standardPluginNames,
} from "./standard.ts";
export type { StateReport } from "./state-report.ts";
export { readStreamAnswer, type StreamSink, streamBytesMax } from "./stream-answer.ts";
export { StreamGuest } from "./stream-guest.ts";
export {
  type ModuleKind,
  type ModuleLanguage,
  moduleKinds,
  moduleLanguages,
  moduleTemplate,
} from "./template.ts";
