import { test } from "uvu";
import * as assert from "uvu/assert";
import { fail, formatProblem, type ParseCache, parseRepository, problemOf } from "../../../schemas/mod.ts";
import { memorySnapshot } from "../memory-snapshot.ts";

const host = (name: string, more = ""): string =>
  `apiVersion: netloom.dev/v1alpha1\nkind: Host\nmetadata: {name: ${name}}\nspec:\n  interfaces: [{name: eth0}]\n${more}`;

const messages = async (contents: Record<string, string | Uint8Array>): Promise<string[]> =>
  (await parseRepository(memorySnapshot(contents))).problems.map(formatProblem);

test("every document of every YAML file is an object with its defaults and its ref", async () => {
  const contents = {
    "b.yml": host("c"),
    "a.yaml": `# first\n---\n${host("a")}---\n# nothing but a comment\n---\n${host("b", "  daemon: false\n")}...\n`,
    "README.md": "not: yaml: at all",
    ".github/workflows/ci.yaml": "on: push",
    "tools/node_modules/x/x.yaml": "on: push",
  };
  const { objects, problems } = await parseRepository(memorySnapshot(contents));
  assert.equal(problems, []);
  assert.equal(
    objects.map(({ ref, file }) => [ref, file]),
    [
      ["Host/default/a", "a.yaml"],
      ["Host/default/b", "a.yaml"],
      ["Host/default/c", "b.yml"],
    ],
  );
  assert.equal(objects[0]?.object, {
    apiVersion: "netloom.dev/v1alpha1",
    kind: "Host",
    metadata: { name: "a", namespace: "default" },
    spec: { interfaces: [{ name: "eth0", addresses: [] }], daemon: true },
  });
});

test("an object's version changes with what it says, not with how it is written", async () => {
  const version = async (text: string): Promise<string | undefined> =>
    (await parseRepository(memorySnapshot({ "a.yaml": text }))).objects[0]?.version;
  const plain = await version(host("a"));
  assert.match(plain as string, /^[0-9a-f]{64}$/);
  assert.is(await version(`# comment\n${host("a", "  daemon: true\n")}`), plain);
  assert.is(
    await version(
      `{"kind": "Host", "apiVersion": "netloom.dev/v1alpha1", "metadata": {"name": "a"},\n "spec": {"interfaces": [{"name": "eth0"}]}}`,
    ),
    plain,
  );
  assert.is.not(await version(host("a", "  daemon: false\n")), plain);
});

test("all faults of a file are told at once, each where it stands", async () => {
  const text = `${host("a", "  deamon: true\n  sleep: {takeover: yes}\n")}---\n${host("b").replace("kind: Host", "kind: Hots")}---\n${host("Bad_Name")}`;
  assert.equal(await messages({ "fleet/a.yaml": text }), [
    'fleet/a.yaml:6:3: Host/default/a: spec.deamon is not known; known here: interfaces, daemon, sleep, lab (did you mean "daemon"?)',
    "fleet/a.yaml:7:10: Host/default/a: spec.sleep.proxy is missing; it is required",
    'fleet/a.yaml:7:21: Host/default/a: spec.sleep.takeover is "yes"; it must be true or false (did you mean "true", without quotes?)',
    'fleet/a.yaml:10:7: Hots/default/b: kind is "Hots"; it must be one of Check, Customization, CustomizationRotation, Host, MonitoringFunction, Rule, Tunnel (did you mean "Host"?)',
    'fleet/a.yaml:17:18: Host/default/Bad_Name: metadata.name is "Bad_Name"; it must be text that matches ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$ (A DNS label (RFC 1123).)',
  ]);
});

test("a choice of which none or two are made is told as a choice", async () => {
  const rule = (hooks: string): string =>
    `apiVersion: netloom.dev/v1alpha1\nkind: Rule\nmetadata: {name: r}\nspec:\n  hosts: {}\n  program: {standard: icmp-echo}\n${hooks}`;
  assert.equal(await messages({ "a.yaml": rule("") }), [
    "a.yaml:5:3: Rule/default/r: spec has none of them; it must have exactly one of sleepProxy, netfilter",
  ]);
  assert.equal(
    await messages({ "a.yaml": rule("  sleepProxy: {layer: ICMP}\n  netfilter: {hook: INPUT}\n") }),
    [
      "a.yaml:5:3: Rule/default/r: spec has sleepProxy and netfilter; it must have exactly one of sleepProxy, netfilter",
    ],
  );
});

test("names of labels are checked, and quotes that are missing or too many are seen", async () => {
  const text = host("a", '  daemon: "off"\n').replace(
    "{name: a}",
    "{name: a, labels: {a b: c, version: 12, -x: y}}",
  );
  assert.equal(await messages({ "a.yaml": text }), [
    'a.yaml:3:30: Host/default/a: A name in metadata.labels is "a b"; it must be text that matches ^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$',
    'a.yaml:3:51: Host/default/a: A name in metadata.labels is "-x"; it must be text that matches ^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$',
    'a.yaml:3:47: Host/default/a: metadata.labels.version is 12; it must be text (put it in quotes: "12")',
    'a.yaml:6:11: Host/default/a: spec.daemon is "off"; it must be true or false (did you mean "false", without quotes?)',
  ]);
});

test("objects of other systems are told, not passed over", async () => {
  const [first] = await messages({ "a.yaml": "apiVersion: netlom.dev/v1alpha1\nkind: Host\n" });
  assert.match(first as string, 'must be "netloom.dev/v1alpha1" (did you mean');
});

test("a file that did not change is not read again, and one that is gone is forgotten", async () => {
  const cache: ParseCache = new Map();
  const first = memorySnapshot({ "a.yaml": host("a"), "b.yaml": host("b"), "c.yaml": host("c") });
  const before = await parseRepository(first, { cache });
  const second = memorySnapshot({ "a.yaml": host("a"), "b.yaml": host("b", "  daemon: false\n") });
  const after = await parseRepository(second, { cache });
  assert.equal([...second.reads], [["b.yaml", 1]]);
  assert.is(after.objects[0], before.objects[0]);
  assert.equal([...cache.keys()], ["a.yaml", "b.yaml"]);
});

test("a file that cannot be had is a problem of its own; one that may be had later stops the reading", async () => {
  const broken = memorySnapshot({ "a.yaml": host("a"), "b.yaml": host("b") });
  const file = broken.files.get("b.yaml");
  if (file) file.read = async () => fail("source.lfs-pointer", { path: "b.yaml", bytes: 5 });
  const { objects, problems } = await parseRepository(broken);
  assert.equal([objects.length, problems.map(({ code }) => code)], [1, ["source.lfs-pointer"]]);
  if (file) file.read = async () => fail("bus.unavailable", { reason: "away" });
  const code = await parseRepository(broken).catch((error) => problemOf(error).code);
  assert.is(code, "bus.unavailable");
});

test("the position of a field that was left to its default is that of its parent", async () => {
  const { objects } = await parseRepository(memorySnapshot({ "a.yaml": `---\n${host("a")}` }));
  const [object] = objects;
  assert.equal(object?.position(["spec", "interfaces", 0, "name"]), { file: "a.yaml", line: 6, column: 23 });
  assert.equal(object?.position(["spec", "interfaces", 0, "name"], "key"), {
    file: "a.yaml",
    line: 6,
    column: 17,
  });
  assert.equal(object?.position(["spec", "daemon"]), { file: "a.yaml", line: 6, column: 3 });
  assert.equal(object?.position(), { file: "a.yaml", line: 2, column: 1 });
});

test.run();
