import { customizationText, wasmData, wat, words } from "../../modules/wat.ts";

export const tag = "Xdig-0123456789-0123456789-01234";
const tagAt = 128;

const begins = `(i32.and (i32.ge_u (i32.load (local.get $in)) (i32.const ${tag.length}))
  (i64.eq (i64.load (i32.add (local.get $in) (i32.const 4))) (i64.load (i32.const ${tagAt}))))`;

/** Puts `tag` in front of what a sender's end sends, and takes it off what arrives with it. */
export function tagModule(text = tag): Uint8Array {
  return wat(
    customizationText({
      send: `(i32.store (i32.const 40) (i32.add (local.get $in) (i32.const 4)))
        (i32.store (i32.const 44) (i32.load (local.get $in)))
        (if (result i32) (i32.load8_u (i32.add (local.get $context) (i32.const 6)))
          (then (i32.const 0)) (else (i32.const 16)))`,
      receive: `(if (result i32) ${begins}
        (then
          (i32.store (i32.const 80) (i32.add (local.get $in) (i32.const ${4 + tag.length})))
          (i32.store (i32.const 84) (i32.sub (i32.load (local.get $in)) (i32.const ${tag.length})))
          (i32.const 64))
        (else (i32.const 0)))`,
      more:
        wasmData(16, words(1, 0, 0, 2, tagAt, tag.length)) +
        wasmData(64, words(1, 0, 0, 1)) +
        wasmData(tagAt, Buffer.from(text)),
    }),
  );
}

/** Drops what arrives without `tag`, and leaves the tag to another. */
export const requireModule = (): Uint8Array =>
  wat(
    customizationText({
      receive: `(if (result i32) ${begins} (then (i32.const 0)) (else (i32.const 16)))`,
      more: wasmData(16, words(2, 0, 0, 0)) + wasmData(tagAt, Buffer.from(tag)),
    }),
  );

/** Says "customized" with a text of its own in the place of whatever is sent, `delayMs` late. */
export const replaceModule = (text: string, delayMs = 0): Uint8Array =>
  wat(
    customizationText({
      send: "(i32.const 16)",
      more: wasmData(16, words(1, 0, delayMs, 1, tagAt, text.length)) + wasmData(tagAt, Buffer.from(text)),
    }),
  );

/** Sends what is sent `times` over, in pieces. */
export const repeatModule = (times: number): Uint8Array =>
  wat(
    customizationText({
      memory: "4",
      send: `(local $at i32) (local.set $at (i32.const 32))
        (loop $next
          (i32.store (local.get $at) (i32.add (local.get $in) (i32.const 4)))
          (i32.store (i32.add (local.get $at) (i32.const 4)) (i32.load (local.get $in)))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br_if $next (i32.lt_u (local.get $at) (i32.const ${32 + 8 * times}))))
        (i32.const 16)`,
      more: wasmData(16, words(1, 0, 0, times)),
    }),
  );

/** Fails at every message, one way or another. */
export const failingModule = (): Uint8Array =>
  wat(customizationText({ send: "(unreachable)", receive: "(unreachable)" }));
export const endlessModule = (): Uint8Array =>
  wat(customizationText({ memory: "8", send: "(loop $ever (br $ever)) (unreachable)" }));
/** Leaves messages as they are, and takes its time for each: some tenths of a millisecond. */
export const slowModule = (): Uint8Array =>
  wat(
    customizationText({
      send: `(local $left i32) (local.set $left (i32.const 1000000))
        (loop $on (local.set $left (i32.sub (local.get $left) (i32.const 1))) (br_if $on (local.get $left)))
        (i32.const 0)`,
    }),
  );
/** Fails at messages that begin with "bad!", and leaves others as they are. */
export const touchyModule = (): Uint8Array =>
  wat(
    customizationText({
      send: `(if (i32.eq (i32.load (i32.add (local.get $in) (i32.const 4))) (i32.const 0x21646162))
        (then (unreachable))) (i32.const 0)`,
    }),
  );

/** Holds back for so long what begins with "wait", and leaves it as it is. */
export const waitModule = (delayMs: number): Uint8Array =>
  wat(
    customizationText({
      send: `(if (result i32) (i32.eq (i32.load (i32.add (local.get $in) (i32.const 4))) (i32.const 0x74696177))
        (then (i32.const 16)) (else (i32.const 0)))`,
      more: wasmData(16, words(0, 0, delayMs, 0)),
    }),
  );

/** Of streams: flips the case of each byte, both ways or one; two of them on one stream undo each other. */
export const flipModule = (only?: "send" | "receive"): Uint8Array => {
  const flip = `(local $at i32) (local $end i32)
    (local.set $at (i32.add (local.get $in) (i32.const 4)))
    (local.set $end (i32.add (local.get $at) (i32.load (local.get $in))))
    (i32.store (i32.const 40) (local.get $at)) (i32.store (i32.const 44) (i32.load (local.get $in)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (i64.store (local.get $at) (i64.xor (i64.load (local.get $at)) (i64.const 0x2020202020202020)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br $next)))
    (i32.const 24)`;
  return wat(
    customizationText({
      memory: "8",
      ...(only !== "receive" && { send: flip }),
      ...(only !== "send" && { receive: flip }),
      more: wasmData(24, words(1, 0, 0, 1)),
    }),
  );
};
