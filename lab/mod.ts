/**
 * A whole fleet in network namespaces of one machine: every Host of a repository with its real daemon, wired as the
 * repository says, under the real controller. May import: schemas, bus, controller, daemon, daemon/linux, functions,
 * middlebox.
 */
export { orderChecks } from "./check-order.ts";
export { junitReport, tapHead, tapResult } from "./check-report.ts";
export { askEnd, askHosts, askPower } from "./control-client.ts";
export { type HostState, serveControl } from "./control-server.ts";
export { converged, unsettled } from "./convergence.ts";
export { commandInLab } from "./enter.ts";
export { findLab, findLabs, pathInLab, type RunningLab } from "./find-lab.ts";
export { hostPlanOf, type Member, memberOf } from "./fleet.ts";
export { HostProcesses } from "./host-processes.ts";
export { Lab, type LabEvent, type LabOptions } from "./lab.ts";
export { endOfLab, isInsideSandbox, launchInSandbox } from "./launch.ts";
export { magicFrame } from "./magic-packet.ts";
export { buildNetwork } from "./network.ts";
export { announcePower } from "./power.ts";
export { type CheckLab, type CheckResult, runCheck } from "./run-check.ts";
export { runFolder } from "./run-folder.ts";
export { Sleepers, type SleepersOptions, type WakeCause } from "./sleepers.ts";
export { type HostPlan, type LinkShape, netnsOf, planTopology, type Topology } from "./topology.ts";
export { startWire, type Wire, type WireOptions } from "./wire.ts";
