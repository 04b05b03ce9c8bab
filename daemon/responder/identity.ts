import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { fail, type HostId, isSameAddress, type SleeperSpec } from "../../schemas/mod.ts";
import type { ResponderBackend } from "./backend.ts";

/** How we know who is at the other end of a connection. */
export type Peer =
  /** By a certificate that an authority of ours has signed. */
  | { kind: "certified"; certificate: X509Certificate }
  /** By the address it connects from: whoever has it on the link. */
  | { kind: "addressed"; address: string }
  /** We cannot know: it may do nothing, and is told why. */
  | { kind: "untrusted"; reason: string }
  /** It is on this machine, where we were told to trust everybody. */
  | { kind: "local" };

/** The DNS name by which a certificate stands for a host: "nas.default.host.netloom" for default/nas. */
export function certificateName(host: HostId): string {
  const [namespace, name] = host.split("/");
  return `${name}.${namespace}.host.netloom`;
}

/** The sleeper that a peer may act for under this MAC. Throws `responder.denied`. */
export function identify(peer: Peer, mac: string, backend: Pick<ResponderBackend, "sleepers">): SleeperSpec {
  if (peer.kind === "untrusted") return fail("responder.denied", { mac, reason: peer.reason });
  const owner = backend.sleepers().find(({ interfaces }) => interfaces.some((one) => one.mac === mac));
  // To strangers, a host that is not there and one that is not theirs look the same.
  if (owner && isHost(peer, owner)) return owner;
  return fail("responder.denied", { mac, reason: reasonFor(peer) });
}

type TrustedPeer = Exclude<Peer, { kind: "untrusted" }>;

function isHost(peer: TrustedPeer, sleeper: SleeperSpec): boolean {
  switch (peer.kind) {
    case "certified":
      // OpenSSL's own comparison: names are not taken from the certificate's text, and a wildcard stands for nobody.
      return (
        peer.certificate.checkHost(certificateName(sleeper.host), { subject: "never", wildcards: false }) !==
        undefined
      );
    case "addressed":
      return sleeper.interfaces.some(({ addresses }) =>
        addresses.some((own) => isSameAddress(own, unmapped(peer.address))),
      );
    case "local":
      return true;
  }
}

function reasonFor(peer: TrustedPeer): string {
  switch (peer.kind) {
    case "certified":
      return "the certificate does not name the Host with this MAC address, or this proxy does not stand in for it";
    case "addressed":
      return `${peer.address} is not the address of the Host with this MAC address, or this proxy does not stand in for it`;
    case "local":
      return "this proxy stands in for no Host with this MAC address";
  }
}

/** Without what says that it is IPv4 mapped into IPv6, or which link it is of. */
function unmapped(address: string): string {
  const text = address.replace(/^::ffff:/i, "");
  return isIP(text) === 4 ? text : (address.split("%")[0] as string);
}

/** Whether nobody but this machine can reach an address. */
export function isLoopback(address: string): boolean {
  const text = unmapped(address);
  return text === "::1" || (isIP(text) === 4 && text.startsWith("127."));
}
