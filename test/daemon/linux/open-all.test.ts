import { test } from "uvu";
import * as assert from "uvu/assert";
import { openAll } from "../../../daemon/linux/open-all.ts";

const closable = (name: string, closed: string[]) => ({ close: () => void closed.push(name) });

test("what was opened stays open when all could be", () => {
  const closed: string[] = [];
  assert.is(
    openAll((kept) => {
      kept(closable("first", closed));
      return "made";
    }),
    "made",
  );
  assert.equal(closed, []);
});

test("what was opened before something that fails is closed, the last first", () => {
  const closed: string[] = [];
  const open = (): never =>
    openAll((kept) => {
      kept(closable("first", closed));
      kept(closable("second", closed));
      throw new Error("no third");
    });
  assert.throws(open, "no third");
  assert.equal(closed, ["second", "first"]);
});

test.run();
