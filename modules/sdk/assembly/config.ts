import { Json } from "./json";

let raw: bool = false;

/** Whether the rule sees frames (`raw: true` in its Rule) and not network packets. */
export function isRaw(): bool {
  return raw;
}

/** Whether this end of the flows receives: the same flag, as a customization is told it. */
export function isReceiver(): bool {
  return raw;
}

/** For rules without a configuration of their own: re-export it, so that they learn whether they see frames. */
export function configure(text: usize, length: u32, flags: u32): usize {
  raw = (flags & 1) != 0;
  return accepted();
}

/** What `configure` starts with: the Rule's `config`, as it was written. It lives as long as `configure` runs. */
export function readConfig(text: usize, length: u32, flags: u32): Json {
  raw = (flags & 1) != 0;
  return Json.parse(text, length);
}

/** What `configure` answers when all is well. */
export function accepted(): usize {
  return 0;
}

/** What `configure` answers when something is wrong: the rule is not started, and the user is told why. */
export function refuse(reason: string): usize {
  const message = heap.alloc(4 + reason.length * 3);
  store<u32>(message, <u32>String.UTF8.encodeUnsafe(changetype<usize>(reason), reason.length, message + 4));
  return message;
}
