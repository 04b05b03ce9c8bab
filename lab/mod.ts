/**
 * A whole fleet in network namespaces of one machine: every Host of a repository with its real daemon, wired as the
 * repository says, under the real controller. May import: schemas, bus, controller, daemon, daemon/linux, functions.
 */

export { unmetBy } from "./check-expectation.ts";
export { orderChecks } from "./check-order.ts";
export { junitReport, tapHead, tapResult } from "./check-report.ts";
export { askEnd, askHosts, askPower } from "./control-client.ts";
export { type HostState, serveControl } from "./control-server.ts";
export { converged, unsettled } from "./convergence.ts";
export { commandInLab, hostInLab } from "./enter.ts";
export { findLab, findLabs, pathInLab, type RunningLab } from "./find-lab.ts";
export * from "./fleet.ts";
export { HostProcesses } from "./host-processes.ts";
export { Lab, type LabEvent, type LabOptions } from "./lab.ts";
export { endOfLab, isInsideSandbox, launchInSandbox } from "./launch.ts";
export { type MagicPacket, magicFrame } from "./magic-packet.ts";
export * from "./network.ts";
export { announcePower } from "./power.ts";
export { type CheckLab, type CheckResult, runCheck } from "./run-check.ts";
export { type LabDescription, runFolder } from "./run-folder.ts";
export { Sleepers, type SleepersOptions, type WakeCause } from "./sleepers.ts";
export * from "./topology.ts";
export { startWire, type Wire, type WireOptions } from "./wire.ts";
