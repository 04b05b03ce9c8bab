/**
 * The SDK for customizations, as "netloom/customization"; what else they need is in "netloom". A customization exports
 * `cust_send` or `cust_recv` or both, and re-exports from here what it likes of `sec_initialize` and `sec_respond`, and
 * `state_report`. docs/writing-modules.md shows how. Nothing here allocates while messages are handled.
 */
export { answer, drop, more, notMine } from "./answer";
export { both_ends } from "./both-ends";
export { isReceiver } from "./config";
export { DIRECTION_RECEIVED, DIRECTION_SENT } from "./directions";
export { Counter, state_report } from "./counter";
export { FlowTable } from "./flow-table";
export { fnv1a } from "./hash";
export { message } from "./message";
export { Search } from "./search";
export { sec_initialize, sec_respond } from "./security";
export { Tag, TAG_APPLICATION, TAG_END, TAG_FRONT, TAG_MIDDLE, TAG_STREAM, TAG_TLS, tagBytes } from "./tag";
