import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CheckResult, junitReport, tapHead, tapResult } from "../../lab/mod.ts";

const passed: CheckResult = {
  name: "ping",
  namespace: "default",
  host: "default/client",
  passed: true,
  reasons: [],
  attempts: 1,
  ms: 12,
};
const failed: CheckResult = {
  ...passed,
  name: "wake",
  namespace: "site",
  passed: false,
  reasons: ["exit code is 7; it should be 0", 'stdout is "<&>"; it should contain "x"'],
  attempts: 2,
  last: { exit: 7, stdout: "<&>", stderr: "no\u0000\u0007 route" },
};

test("TAP has a line for each, and says what was seen where one failed", () => {
  assert.is(tapHead(2), "TAP version 14\n1..2");
  assert.is(tapResult(passed, 1), "ok 1 - ping # 12 ms");
  assert.is(
    tapResult(failed, 2),
    [
      "not ok 2 - site/wake # 12 ms",
      "  ---",
      '  reasons: ["exit code is 7; it should be 0","stdout is \\"<&>\\"; it should contain \\"x\\""]',
      "  attempts: 2",
      "  exit: 7",
      '  stdout: "<&>"',
      '  stderr: "no\\u0000\\u0007 route"',
      "  ...",
    ].join("\n"),
  );
});

test("JUnit is well-formed XML whatever a command wrote", () => {
  const report = junitReport([passed, failed]);
  assert.match(report, 'tests="2" failures="1"');
  assert.match(report, 'message="exit code is 7; it should be 0; stdout is &quot;&lt;&amp;&gt;&quot;');
  assert.not.match(report, "\u0007");
  const parse = "import sys, xml.dom.minidom; xml.dom.minidom.parseString(sys.stdin.buffer.read())";
  const { status, stderr } = spawnSync("python3", ["-c", parse], { input: report, encoding: "utf8" });
  assert.is(status, 0, stderr);
});

test.run();
