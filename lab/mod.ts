/**
 * A whole fleet in network namespaces of one machine: every Host of a repository with its real daemon, wired as the
 * repository says, under the real controller. May import: schemas, bus, controller, daemon, daemon/linux, functions.
 */

export { unmetBy } from "./check-expectation.ts";
export { orderChecks } from "./check-order.ts";
export { junitReport, tapHead, tapResult } from "./check-report.ts";
export * from "./fleet.ts";
export { HostProcesses } from "./host-processes.ts";
export { type MagicPacket, magicFrame } from "./magic-packet.ts";
export * from "./network.ts";
export { announcePower } from "./power.ts";
export { type CheckLab, type CheckResult, runCheck } from "./run-check.ts";
export { Sleepers, type SleepersOptions, type WakeCause } from "./sleepers.ts";
export * from "./topology.ts";
export { startWire, type Wire, type WireOptions } from "./wire.ts";
