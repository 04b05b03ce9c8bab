import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeFolder } from "../../../daemon/store/make-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "netloom-folder-"));
test.after(() => rmSync(folder, { recursive: true }));

const refusal = (path: string): Promise<string> =>
  makeFolder(path).then(
    () => "made",
    (error: NodeJS.ErrnoException) => error.code ?? String(error),
  );

test("a folder is made with those above it, for its owner alone, and made again without a word", async () => {
  const path = join(folder, "a/b/c");
  for (const _ of [1, 2]) assert.is(await refusal(path), "made");
  assert.is(statSync(path).mode & 0o777, 0o700);
});

test("a file system that is read-only is told as that", async () => {
  const mounted = join(folder, "mounted");
  await makeFolder(mounted);
  execFileSync("mount", ["-t", "tmpfs", "-o", "ro", "none", mounted]);
  try {
    assert.is(await refusal(join(mounted, "a")), "EROFS");
    assert.is(await refusal(join(mounted, "a/b/c")), "EROFS");
  } finally {
    execFileSync("umount", [mounted]);
  }
});

test("a file in the way is told as that", async () => {
  assert.is(await refusal("/etc/hostname/state"), "ENOTDIR");
});

test.run();
