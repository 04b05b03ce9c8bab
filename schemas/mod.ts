/**
 * The kinds as JSON Schema (the one source of truth), the types generated from them, validation, units and problems.
 * Imports nothing of ours.
 */
export { canonicalJson, unitDigest } from "./digest.ts";
export { durationMs } from "./duration.ts";
export type {
  Check,
  CheckText,
  Customization,
  CustomizationEnd,
  CustomizationRotation,
  FunctionProgram,
  Host,
  HostLab,
  HostSleep,
  LabelSelector,
  Limits,
  Metadata,
  MonitoringFunction,
  NetfilterHook,
  NetloomObject,
  Probe,
  Proposals,
  Rule,
  RuleProgram,
  SleepProxy,
  Tap,
  Tunnel,
  TunnelIntercept,
  TunnelSide,
} from "./generated/objects.ts";
export { HostIndex } from "./host-index.ts";
export { artifactBytesMax, type ModuleUse } from "./meaning/artifact-uses.ts";
export type { InspectionCache, MeaningContext, ModuleInspection } from "./meaning/artifacts.ts";
export { checkMeaning } from "./meaning/check-meaning.ts";
export { type Cron, parseCron } from "./meaning/cron.ts";
export { nextCron } from "./meaning/next-cron.ts";
export { type MiddleboxType, middleboxes, middleboxTypes, standardPlugin } from "./middleboxes.ts";
export { isNamePattern, namePatternsOverlap, nameTest } from "./name-pattern.ts";
export { kindNames } from "./parse/check-shape.ts";
export { type FieldPath, fieldText } from "./parse/field-path.ts";
export { sourceLimits } from "./parse/limits.ts";
export {
  isYamlFile,
  type ParseCache,
  type ParsedRepository,
  parseRepository,
} from "./parse/parse-repository.ts";
export { objectRef, ParsedObject } from "./parse/parsed-object.ts";
export {
  addressBytes,
  addressText,
  isSameAddress,
  type Prefix,
  parsePrefix,
  prefixBytes,
  prefixContains,
  wholePrefix,
} from "./prefix.ts";
export {
  fail,
  formatProblem,
  isRetryable,
  type Position,
  type Problem,
  ProblemError,
  type ProblemPlace,
  problem,
  problemOf,
} from "./problem.ts";
export { isProblemCode, type ProblemArguments, type ProblemCode } from "./problems.ts";
export { quantityBytes, rateBits } from "./quantity.ts";
export type * from "./reading.ts";
export type * from "./repository.ts";
export { selectHosts } from "./select-hosts.ts";
export * from "./unit.ts";
export type * from "./units/filter.ts";
export * from "./units/inverse.ts";
export type * from "./units/layer45.ts";
export type * from "./units/probe.ts";
export * from "./units/self-service.ts";
export * from "./units/sleep.ts";
export type * from "./units/tunnel.ts";
