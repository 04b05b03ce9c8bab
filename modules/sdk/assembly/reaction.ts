/**
 * Answers of a rule (sloth-sleep-proxy §3.7.2). A message is a size (u32, little-endian) and that many bytes, with room
 * in front (`memory.ts`): `packet.message`, or what a `Composer` finished.
 */
const nothing = memory.data<u8>([0]);
const wakeUp = memory.data<u8>([1]);

/** Opcode 0: nothing is to be done. */
export function ignore(): usize {
  return nothing;
}

/** Opcode 1: wake the host. */
export function wake(): usize {
  return wakeUp;
}

/** Opcode 2: send this packet; 0, which `Composer.finish` answers for one that did not fit, is ignored. */
export function respond(message: usize): usize {
  if (message == 0) return nothing;
  store<u8>(message - 1, 2);
  return message - 1;
}

/** Opcode 4: send this packet in so many milliseconds; 0 is ignored. */
export function respondLater(message: usize, delayMs: u32): usize {
  if (message == 0) return nothing;
  store<u32>(message - 4, delayMs);
  store<u8>(message - 5, 4);
  return message - 5;
}
