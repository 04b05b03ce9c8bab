import { test } from "uvu";
import * as assert from "uvu/assert";
import { escapePath, isIgnoredName, pathFault } from "../../../controller/source/file-names.ts";

test("hidden files, packages and what editors and programs leave behind are ignored", () => {
  const ignored = [
    ".git",
    ".x.swp",
    "node_modules",
    "a.yaml~",
    "#a.yaml#",
    "a.yaml.tmp",
    "4913",
    "up.log",
    "c.pcap",
  ];
  for (const name of ignored) assert.ok(isIgnoredName(name), name);
  for (const name of ["a.yaml", "node_modules.yaml", "49130", "logs", "tmp"])
    assert.not(isIgnoredName(name), name);
});

test("paths that could mislead are told apart and shown without harm", () => {
  const table: [string, string][] = [
    ["a\u001b[2Jb", "a\\u001b[2Jb"],
    ["a\nb", "a\\u000ab"],
    ["../etc/passwd", "\\u002e\\u002e/etc/passwd"],
    ["a/../b", "a/\\u002e\\u002e/b"],
    ["a/./b", "a/\\u002e/b"],
    ["a//b", "a/\\u0000/b"],
    ["a\\b", "a\\u005cb"],
    ["not utf-8 \ufffd", "not utf-8 \\ufffd"],
  ];
  for (const [path, shown] of table) {
    assert.ok(pathFault(path), path);
    assert.is(escapePath(path), shown);
  }
  for (const path of ["a", "a/b.yaml", "ä/ö.yaml", "..a/b..", "a b"])
    assert.is(pathFault(path), undefined, path);
  assert.ok(pathFault("a".repeat(2_000)));
});

test.run();
