import { entry } from "./entry.ts";

/** What can go wrong between a host that sleeps and the responder of its proxy, at either end. */
export const responderProblems = {
  // What a proxy answers.
  "responder.malformed": entry(
    false,
    (d: { reason: string }) => `Cannot read the request: ${d.reason}; see docs/responder.md`,
  ),
  "responder.denied": entry(
    false,
    (d: { mac: string; reason: string }) => `Cannot act for ${d.mac}: ${d.reason}`,
  ),
  "responder.not-allowed": entry(
    false,
    (d: { host: string }) =>
      `${d.host} may not subscribe rules of its own; add selfService to the sleep section of its Host`,
  ),
  "responder.foreign-address": entry(
    false,
    (d: { rule: number; address: string; host: string }) =>
      `Cannot subscribe rule ${d.rule}: ${d.address} is no address of ${d.host}; it must be one of its own, or a multicast group`,
  ),
  "responder.over-limit": entry(
    false,
    (d: { what: string; is: number; max: number }) =>
      `Cannot subscribe: ${d.what} is ${d.is}; the limit is ${d.max}`,
  ),
  "responder.rules-invalid": entry(
    false,
    (d: { where: string; reason: string }) => `Cannot read the rules: ${d.where} ${d.reason}`,
  ),
  "responder.busy": entry(
    true,
    (d: { reason: string }) => `The proxy is busy (${d.reason}); try again in a moment`,
  ),

  // Starting one.
  "responder.plain-refused": entry(
    false,
    (d: { address: string }) =>
      `Cannot serve the responder protocol without TLS on ${d.address}: anybody there could speak for a host; give --responder-cert, -key and -ca, or a loopback address, or --responder-plain`,
  ),
  "responder.tls-unusable": entry(
    false,
    (d: { reason: string }) =>
      `Cannot use the certificate, its key, or the authority for the responder protocol: ${d.reason}`,
  ),
  "responder.address-taken": entry(
    false,
    (d: { address: string; port: number; reason: string }) =>
      `Cannot listen for hosts on ${d.address} port ${d.port} (${d.reason}); choose another address or port`,
  ),

  // What the host's side meets.
  "responder.unreachable": entry(
    true,
    (d: { address: string; port: number; reason: string }) =>
      `Cannot reach the proxy at ${d.address} port ${d.port}: ${d.reason}`,
  ),
  "responder.untrusted": entry(
    false,
    (d: { address: string; port: number; reason: string }) =>
      `Cannot trust the proxy at ${d.address} port ${d.port}, or it does not trust this host: ${d.reason}`,
  ),
  "host.options": entry(false, (d: { reason: string }) => `Cannot speak to the proxy: ${d.reason}`),
  "host.interface": entry(
    false,
    (d: { is: string; names: string }) =>
      `Cannot tell which MAC address is this host's: there is ${d.is}; name one of its interfaces with --interface (${d.names})`,
  ),
  "host.state": entry(
    false,
    (d: { state: string; reason: string }) => `Cannot make a rule of this host's ${d.state}: ${d.reason}`,
  ),
  "host.rules-unreadable": entry(
    false,
    (d: { what: string; reason: string }) => `Cannot read ${d.what}: ${d.reason}`,
  ),
  "responder.refused": entry(
    false,
    (d: { status: number; reason: string }) => `The proxy refused: ${d.reason}`,
  ),
  "responder.unwell": entry(
    true,
    (d: { status: number; reason: string }) => `The proxy could not do it now: ${d.reason}`,
  ),
} as const;
