/**
 * The Linux kernel: system calls, /proc, iptables, subprocesses; nothing else of netloom touches them.
 * May import: schemas.
 */
export { checked, closeDescriptor, SystemCallError } from "./libc.ts";
export { PollSet } from "./poll.ts";
export { type Holding, reclaim } from "./reclaim.ts";
export { threadId, threadTimeMs } from "./thread.ts";
export { closeWake, openWake, quietWake, ringWake } from "./wake.ts";
