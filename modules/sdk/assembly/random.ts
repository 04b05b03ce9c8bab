import { nowMs } from "./host";

let state: u32 = 0x9e3779b9;

/** A number from 0 to below `limit` (at least 1), for spreading answers in time; no secret can be made of it. */
export function randomBelow(limit: u32, salt: u32 = 0): u32 {
  state ^= salt + <u32>nowMs();
  if (state == 0) state = 0x9e3779b9;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % max(limit, 1);
}
