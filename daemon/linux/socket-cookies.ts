import { SocketDiagnosis } from "./socket-diagnosis.ts";

/**
 * The cookies of all sockets of a protocol in this thread's network namespace: a socket keeps its own as long as it lives,
 * and no other ever has it. Anybody may ask. Throws `linux.*` problems.
 */
export function listSocketCookies(protocol: "UDP" | "TCP"): Set<bigint> {
  const diagnosis = new SocketDiagnosis();
  try {
    return diagnosis.cookies(protocol);
  } finally {
    diagnosis.close();
  }
}
