import type { InterfaceAddress, TcpConnection } from "../../daemon/linux/mod.ts";
import { standardModule } from "../../modules/mod.ts";
import { addressText, fail, wholePrefix } from "../../schemas/mod.ts";
import type { RuleToSend } from "./read-rules.ts";

/** What tcp-keeper takes. */
const connectionsMax = 256;

/** The rule that keeps the connections of these addresses alive; undefined when there are none. */
export function tcpRule(
  own: readonly Pick<InterfaceAddress, "bytes">[],
  connections: readonly TcpConnection[],
): RuleToSend | undefined {
  const addresses = new Set(own.map(({ bytes }) => addressText(bytes)));
  const kept = connections.map(toConfig).filter(({ local }) => addresses.has(local));
  if (kept.length === 0) return undefined;
  if (kept.length > connectionsMax) {
    const reason = `there are ${kept.length}; at most ${connectionsMax} can be kept`;
    fail("host.state", { state: "tcp-connections", reason });
  }
  const locals = [...new Set(kept.map(({ local }) => wholePrefix(local)))];
  const rule = { TCP: { addresses: locals, config: { connections: kept } } };
  return { rule, module: standardModule("tcp-keeper") as Uint8Array };
}

function toConfig({ local, remote, ...rest }: TcpConnection) {
  return { local: addressText(local), remote: addressText(remote), ...rest };
}
