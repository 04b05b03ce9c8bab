import type { StreamEnds } from "../../linux/mod.ts";

/** Names a connection by its two ends, as the host sees them. */
export function streamKey({ local, remote }: StreamEnds): string {
  const text = ({ address, port }: StreamEnds["local"]): string =>
    `${Buffer.from(address).toString("hex")}:${port}`;
  return `${text(local)} ${text(remote)}`;
}
