import { acceptTcp, closeDescriptor, connectTcp } from "../../../daemon/linux/mod.ts";
import { listenTcp } from "../../../daemon/linux/tcp-socket.ts";

const loopback = Uint8Array.of(127, 0, 0, 1);
let port = 7_900;

/** Two TCP sockets of this process that are connected to each other. */
export function tcpPair(): [one: number, other: number] {
  port += 1;
  const listener = listenTcp(loopback, port, 1);
  const one = connectTcp(loopback, port);
  const accepted = acceptTcp(listener);
  closeDescriptor(listener);
  if (!accepted) throw new Error("nobody connected");
  return [one, accepted.fd];
}
