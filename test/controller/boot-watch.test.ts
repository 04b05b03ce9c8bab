import { test } from "uvu";
import * as assert from "uvu/assert";
import { BootWatch } from "../../controller/boot-watch.ts";

const toldBy = (boots: string): number[] => {
  const watch = new BootWatch();
  return [...boots].flatMap((boot, at) => (watch.note("default/gw", boot) ? [at] : []));
};

test("a daemon that is started again and again is one daemon, also when a message of the last start is late", () => {
  for (const boots of ["aaaa", "abcdefgh", "aaabbb", "aababb", "aababcbc"])
    assert.equal(toldBy(boots), [], boots);
});

test("starts that are heard of in turns are two daemons, which is said once, and again after a while", () => {
  assert.equal(toldBy("ababababab"), [4]);
  assert.equal(toldBy("aabbaabbaabb"), [8]);
  assert.equal(toldBy("ab".repeat(55)), [4, 101]);
});

test("hosts do not count as each other's", () => {
  const watch = new BootWatch();
  for (let at = 0; at < 10; at++) {
    assert.not.ok(watch.note("default/a", "a"));
    assert.not.ok(watch.note("default/b", "b"));
  }
});

test.run();
