import { customizationText, wat } from "../modules/wat.ts";

const strip = `
  (if (i32.lt_u (i32.load (local.get $in)) (i32.const 8)) (then (return (i32.const 0))))
  (if (i32.ne (i32.load8_u offset=4 (local.get $in)) (i32.const 88)) (then (return (i32.const 0))))
  (i32.store (i32.const 256) (i32.const 1)) (i32.store (i32.const 260) (i32.const 0))
  (i32.store (i32.const 264) (i32.const 0)) (i32.store (i32.const 268) (i32.const 1))
  (i32.store (i32.const 272) (i32.add (local.get $in) (i32.const 12)))
  (i32.store (i32.const 276) (i32.sub (i32.load (local.get $in)) (i32.const 8)))
  (i32.const 256)`;

/** A module that takes eight bytes off the beginning of what arrives, when that begins with "X". */
export const stripTag = (): Uint8Array => wat(customizationText({ receive: strip }));

/** Of every stream it takes "X" and seven bytes more off, and lets nine bytes behind them be. */
export const stripEvery = (): Uint8Array =>
  wat(
    customizationText({
      receive: `
  (if (i32.lt_u (i32.load (local.get $in)) (i32.const 8)) (then (return (i32.const 0))))
  (i32.store (i32.const 256) (i32.const 1)) (i32.store (i32.const 260) (i32.const 17))
  (i32.store (i32.const 264) (i32.const 0)) (i32.store (i32.const 268) (i32.const 1))
  (i32.store (i32.const 272) (i32.add (local.get $in) (i32.const 12)))
  (i32.store (i32.const 276) (i32.const 9))
  (i32.const 256)`,
    }),
  );

export const loopsForEver = (): Uint8Array =>
  wat(customizationText({ receive: "(loop $ever (br $ever)) (i32.const 0)" }));
