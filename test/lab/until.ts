import * as assert from "uvu/assert";

/** Waits until `find` finds something; fails after `seconds`. */
export async function until<T>(
  what: string,
  find: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 60,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    assert.ok(Date.now() < deadline, `waited ${seconds} s until ${what}`);
    await new Promise((again) => setTimeout(again, 5));
  }
}
