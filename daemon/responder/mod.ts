/**
 * The responder protocol (sloth-sleep-proxy §3.4.1, §6.2; docs/responder.md): what hosts that sleep say to their proxy,
 * served to them and spoken by them. May import: schemas, modules, daemon/engine.ts.
 */
export { askProxy, type ProxyAddress } from "./ask-proxy.ts";
export type { ResponderBackend, SubscribedRule } from "./backend.ts";
export { certificateName } from "./identity.ts";
export type { Request } from "./message.ts";
export { type Responder, type ResponderOptions, serveResponder } from "./responder.ts";
export { isOwn } from "./rules-file.ts";
