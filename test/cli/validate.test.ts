import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";

const command = resolve(import.meta.dirname, "../../cli/main.js");
let folder = "";

test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), "netloom-validate-"));
});
test.after.each(() => rmSync(folder, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function validate(
  args: string[],
  options: { input?: string; env?: Record<string, string> } = {},
): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [command, "validate", ...args], {
    cwd: folder,
    encoding: "utf8",
    input: options.input ?? "",
    env: { PATH: process.env.PATH ?? "", ...options.env },
  });
}

const host = (name: string, more = ""): string =>
  `apiVersion: netloom.dev/v1alpha1\nkind: Host\nmetadata: {name: ${name}}\nspec:\n  interfaces: [{name: eth0}]\n${more}`;

/** A good object, one with two faults, and a file that is no YAML; names hold what formats must escape. */
const mixed = {
  "good.yaml": host("good"),
  "fleet/bad, one.yaml": host(
    "bad",
    '  deamon: "<&>"\n  sleep: {proxy: good, wake: {transport: etherent}}\n',
  ),
  "broken.yaml": "a: [\n",
};

test("valid files end with status 0 and a summary", () => {
  write({
    "a.yaml": host("a"),
    "b/c.yml": `${host("b")}---\n${host("c")}`,
    ".hidden/x.yaml": "a: [",
    "node_modules/x.yaml": "a: [",
  });
  const { status, stdout, stderr } = validate([]);
  assert.equal([status, stdout, stderr], [0, "3 objects in 2 files: valid\n", ""]);
});

test("every fault is told by file, line and column, with what may have been meant, and status 1", () => {
  write(mixed);
  const { status, stdout } = validate([]);
  assert.is(status, 1);
  assert.is(
    stdout,
    `broken.yaml:2:1: Cannot read this as YAML: Flow sequence in block collection must be sufficiently indented and end with a ] [yaml.malformed]
fleet/bad, one.yaml:6:3: Host/default/bad: spec.deamon is not known; known here: interfaces, daemon, sleep, lab [schema.unknown-field]
    did you mean "daemon"?
fleet/bad, one.yaml:7:42: Host/default/bad: spec.sleep.wake.transport is "etherent"; it must be one of ethernet, udp [schema.value]
    did you mean "ethernet"?

2 objects in 3 files: 3 problems in 1 object
`,
  );
});

test("what cannot be validated at all ends with status 2", () => {
  assert.is(validate(["absent.yaml"]).status, 2);
  assert.match(validate(["absent.yaml"]).stderr, "absent.yaml");
  assert.is(validate([]).status, 2);
  assert.match(validate([]).stderr, "no *.yaml or *.yml file");
  assert.is(validate(["-o", "xml"]).status, 2);
  assert.is(validate(["--no-such-option"]).status, 2);
  assert.is(validate(["--help"]).status, 0);
});

test("standard input is one file among others", () => {
  write({ "a.yaml": host("a") });
  const { status, stdout } = validate(["-", "a.yaml"], { input: host("b", "  deamon: true\n") });
  assert.is(status, 1);
  assert.match(stdout, /^stdin:6:3: Host\/default\/b: /);
  assert.match(stdout, "2 objects in 2 files: 1 problem in 1 object");
});

test("a path may be a pipe, which gives its text bit by bit", () => {
  const text = Array.from({ length: 3_000 }, (_, index) => `---\n${host(`h-${index}`)}`).join("");
  write({ "big.yaml": text });
  const script = `${process.execPath} ${command} validate <(cat big.yaml)`;
  const { status, stdout } = spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
  assert.equal([status, stdout], [0, "3000 objects in 1 file: valid\n"]);
});

test("a file past the limit is refused, however long it goes on", () => {
  const { status, stdout } = validate(["/dev/zero"]);
  assert.is(status, 1);
  assert.match(stdout, /size of the file in bytes is \d+, the limit is 67108864/);
});

test("artifacts are found from the root, in it only, and not through links that leave it", () => {
  const rule = (wasm: string): string =>
    `apiVersion: netloom.dev/v1alpha1\nkind: Rule\nmetadata: {name: r}\nspec:\n  hosts: {}\n  sleepProxy: {layer: ICMP}\n  program: {wasm: ${wasm}}\n`;
  write({
    "secret.wasm": "x",
    "source/fleet/r.yaml": rule("modules/out.wasm"),
    "source/modules/in.wasm": "x",
  });
  symlinkSync(join(folder, "secret.wasm"), join(folder, "source/modules/out.wasm"));
  symlinkSync(join(folder, "secret.wasm"), join(folder, "source/fleet/link.yaml"));
  const outside = validate(["source"]).stdout;
  assert.match(outside, "meaning.artifact-missing");
  assert.match(outside, "source/fleet/link.yaml:1:1: Cannot follow the symbolic link");
  write({ "source/fleet/r.yaml": rule("modules/in.wasm") });
  assert.match(validate(["--root", "source", "source/fleet/r.yaml"]).stdout, "module.malformed");
  assert.match(validate(["source/fleet/r.yaml"]).stdout, "meaning.artifact-missing");
  assert.is(validate(["--schema-only", "source/fleet/r.yaml"]).status, 0);
});

test("a standard module is asked about its configuration, at the line where it stands", () => {
  const rule = (name: string, allow: string): string =>
    `---\napiVersion: netloom.dev/v1alpha1\nkind: Rule\nmetadata: {name: ${name}}\nspec:
  hosts: {matchNames: [nas]}\n  sleepProxy: {layer: ICMP}\n  program: {standard: icmp-echo, config: {allow: [${allow}]}}\n`;
  const nas = host("nas", "  sleep: {proxy: gw}\n").replace(
    "{name: eth0}",
    '{name: eth0, mac: "02:00:00:00:00:05", addresses: [10.0.0.5/24]}',
  );
  write({
    "fleet.yaml": `${host("gw")}---\n${nas}${rule("good", "10.0.0.0/8")}${rule("bad", "10.0.0.0/33")}`,
  });
  const { status, stdout } = validate([]);
  assert.is(status, 1);
  assert.match(
    stdout,
    /^fleet\.yaml:28:42: Rule\/default\/bad: .*"allow" should be a list of address prefixes \[module\.config-refused\]$/m,
  );
  assert.not.match(stdout, "Rule/default/good");
});

test("-o json has everything that is known of a problem", () => {
  write(mixed);
  const { status, stdout } = validate(["-o", "json"]);
  const report = JSON.parse(stdout);
  assert.is(status, 1);
  assert.equal([report.valid, report.files, report.problems.length], [false, 3, 3]);
  assert.equal(report.objects, [
    { ref: "Host/default/good", file: "good.yaml" },
    { ref: "Host/default/bad", file: "fleet/bad, one.yaml" },
  ]);
  const { code, object, field, position, suggestion } = report.problems[1];
  assert.equal(
    { code, object, field, position, suggestion },
    {
      code: "schema.unknown-field",
      object: "Host/default/bad",
      field: "spec.deamon",
      position: { file: "fleet/bad, one.yaml", line: 6, column: 3 },
      suggestion: 'did you mean "daemon"?',
    },
  );
});

test("-o github has one command a problem, escaped as Actions wants it", () => {
  write(mixed);
  const lines = validate(["-o", "github"]).stdout.trimEnd().split("\n");
  assert.is(lines.length, 4);
  assert.match(
    lines[1] as string,
    /^::error file=fleet\/bad%2C one\.yaml,line=6,col=3,title=Host\/default\/bad%3A schema\.unknown-field::spec\.deamon /,
  );
  for (const line of lines.slice(0, 3))
    assert.match(line, /^::error file=[^,:]+,line=\d+,col=\d+,title=[^,:]+::[^\r\n]+$/);
});

test("-o sarif is what SARIF 2.1.0 requires of a log", () => {
  write(mixed);
  const log = JSON.parse(validate(["-o", "sarif"]).stdout);
  assert.is(log.version, "2.1.0");
  assert.match(log.$schema, /sarif-schema-2\.1\.0\.json$/);
  const [run] = log.runs;
  assert.is(run.tool.driver.name, "netloom validate");
  const ids = run.tool.driver.rules.map((rule: { id: string }) => rule.id);
  assert.is(new Set(ids).size, ids.length);
  assert.is(run.results.length, 3);
  for (const result of run.results) {
    assert.is(ids[result.ruleIndex], result.ruleId);
    assert.is(result.level, "error");
    assert.ok(result.message.text.length > 0);
    const { artifactLocation, region } = result.locations[0].physicalLocation;
    assert.match(artifactLocation.uri, /^[A-Za-z0-9%/._~-]+$/);
    assert.ok(region.startLine >= 1 && region.startColumn >= 1);
  }
});

test("-o junit is well-formed, and counts what it has", () => {
  write(mixed);
  const xml = validate(["-o", "junit"]).stdout;
  assert.match(
    xml,
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="netloom validate" tests="3" failures="2" errors="0">/,
  );
  assert.is([...xml.matchAll(/<testcase /g)].length, 3);
  assert.is([...xml.matchAll(/<failure /g)].length, 2);
  const suites = [
    ...xml.matchAll(/<testsuite name="[^"]*" tests="(\d+)" failures="(\d+)" errors="0" skipped="0">/g),
  ];
  const sum = (index: number): number => suites.reduce((total, suite) => total + Number(suite[index]), 0);
  assert.equal([sum(1), sum(2)], [3, 2]);
  assertWellFormed(xml);
});

test("-o tap has a plan, a point for each object, and YAML that can be read", () => {
  write(mixed);
  const lines = validate(["-o", "tap"]).stdout.split("\n");
  assert.equal(lines.slice(0, 3), ["TAP version 14", "1..3", "ok 1 - Host/default/good in good.yaml"]);
  assert.is(lines.filter((line) => /^(?:not )?ok \d+ - /.test(line)).length, 3);
  const block = lines.slice(lines.indexOf("  ---") + 1, lines.indexOf("  ...")).join("\n");
  const { problems } = parse(block) as { problems: { code: string; at: { line: number } }[] };
  assert.equal([problems[0]?.code, problems[0]?.at.line], ["schema.unknown-field", 6]);
});

test("every report of valid files is a report too", () => {
  write({ "a.yaml": host("a") });
  for (const format of ["json", "github", "sarif", "junit", "tap"]) {
    const { status, stdout } = validate(["-o", format]);
    assert.is(status, 0, format);
    assert.match(stdout, /\S\n$/);
  }
});

test("colours are for terminals, and not for those that do not want them", () => {
  write(mixed);
  const onTerminal = (env: string): string =>
    spawnSync("script", ["-qec", `env ${env} ${process.execPath} ${command} validate`, "/dev/null"], {
      cwd: folder,
      encoding: "utf8",
    }).stdout;
  assert.match(onTerminal("-u NO_COLOR"), "\u001b[31m");
  assert.not.match(onTerminal("NO_COLOR=1"), "\u001b[");
  assert.not.match(validate([]).stdout, "\u001b[");
});

test("what a file says does not steer the terminal", () => {
  write({ "a.yaml": host("a", String.raw`  daemon: "\e]0;owned\a"${"\n"}`) });
  const { stdout } = validate([]);
  assert.match(stdout, "owned");
  assert.not.match(stdout, /(?!\n)\p{Cc}/u);
});

/** Tags nest, attributes are quoted, and no bare `&` or `<` is left in text. */
function assertWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml
    .replace(/^<\?xml[^>]*\?>/, "")
    .replace(/<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g, (_, closing, name, __, empty) => {
      if (closing) assert.is(open.pop(), name);
      else if (!empty) open.push(name);
      return "";
    });
  assert.equal(open, []);
  assert.not.match(rest, /[<>]|&(?!amp;|lt;|gt;|quot;|#10;)/);
}

test("a path that is not there is said to be missing", () => {
  const { status, stderr } = validate(["/nonexistent"]);
  assert.is(status, 2);
  assert.is(
    stderr,
    "netloom validate: Cannot read /nonexistent: there is no such file or directory; name what is there\n",
  );
});

test.run();
