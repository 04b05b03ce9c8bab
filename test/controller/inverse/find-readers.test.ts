import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeUnit } from "../../../controller/compile/unit.ts";
import { type EndHost, findReaders } from "../../../controller/inverse/find-readers.ts";
import type { Layer45UnitSpec, ObservedUnit, SeenFlow } from "../../../schemas/mod.ts";

type Tap = Partial<Layer45UnitSpec["tap"]>;

interface End {
  name: string;
  role: "sender" | "receiver";
  tap?: Tap;
  priority?: number;
  seen?: Partial<ObservedUnit> | null;
  module?: string;
}

function hostOf(id: string, address: string, ends: readonly End[]): EndHost {
  const made = ends.map(({ name, role, tap, priority = 10, seen, module = name }) => {
    const spec: Layer45UnitSpec = {
      role,
      tap: { protocol: "UDP", application: {}, local: {}, remote: {}, ...tap },
      attach: "new",
      config: {},
      monitorIntervalMs: 1_000,
      limits: { memoryBytes: 1, timeMs: 1 },
      onFault: "accept",
    };
    const artifacts = [{ name: "module", digest: module, bytes: 1 }];
    const unit = makeUnit(`Customization/default/${name}/${role}`, "layer45", spec, artifacts);
    const observed: ObservedUnit = {
      id: unit.id,
      engine: "layer45",
      digest: unit.digest,
      priority,
      state: "active",
      ...seen,
    };
    return {
      desired: { unit, priority, state: "active" as const },
      observed: seen === null ? [] : [observed],
    };
  });
  return {
    id,
    addresses: [address],
    units: made.map(({ desired }) => desired),
    report: { units: made.flatMap(({ observed }) => observed) } as unknown as EndHost["report"],
  };
}

const request: SeenFlow = {
  protocol: "UDP",
  source: { address: "10.0.0.9", port: 4_000 },
  destination: { address: "10.0.0.53", port: 53 },
};
const answer: SeenFlow = { protocol: "UDP", source: request.destination, destination: request.source };
const client = (...ends: End[]): EndHost => hostOf("default/client", "10.0.0.9/24", ends);
const server = (...ends: End[]): EndHost => hostOf("default/dns", "10.0.0.53/24", ends);
const found = (flow: SeenFlow, ...hosts: EndHost[]): string[] =>
  findReaders(flow, hosts).map(({ unit, role }) => `${unit.split("/").slice(2).join("/")} as ${role}`);

const sends: End = { name: "tag", role: "sender", tap: { remote: { address: "10.0.0.53", port: 53 } } };
const receives: End = { name: "tag", role: "receiver", tap: { local: { port: 53 } } };

test("a module is run as the end at which the messages arrive, in both directions", () => {
  assert.equal(found(request, client(sends), server(receives)), ["tag/receiver as receiver"]);
  assert.equal(found(answer, client(sends), server(receives)), ["tag/sender as sender"]);
});

test("where the other end is nobody's, the module of the one that sends is run as the one that would receive", () => {
  assert.equal(found(request, client(sends)), ["tag/sender as receiver"]);
  assert.equal(found(answer, server(receives)), ["tag/receiver as sender"]);
});

test("flows of other hosts, ports, addresses and protocols are not a module's", () => {
  const other = (more: Partial<SeenFlow>): string[] =>
    found({ ...request, ...more }, client(sends), server(receives));
  assert.equal(other({ protocol: "TCP" }), []);
  assert.equal(other({ destination: { address: "10.0.0.53", port: 54 } }), []);
  const [from, to] = ["10.0.0.8", "10.0.0.52"].map((address, at) => ({
    address,
    port: [4_000, 53][at] as number,
  }));
  assert.equal(other({ source: from!, destination: to! }), []);
});

test("what is installed only, of another version, or not there, reads nothing; what is deprecated does", () => {
  const with_ = (seen: End["seen"]): string[] => found(request, server({ ...receives, seen: seen ?? null }));
  assert.equal(with_({ state: "installed" }), []);
  assert.equal(with_({ digest: "other" }), []);
  assert.equal(with_(null), []);
  assert.equal(with_({ state: "deprecated" }), ["tag/receiver as receiver"]);
});

test("the module that met the flow's values comes first, then priority decides", () => {
  const one: End = { ...receives, name: "one", priority: 1 };
  const two: End = { ...receives, name: "two", priority: 2 };
  const three: End = {
    ...receives,
    name: "three",
    priority: 3,
    seen: { met: { remoteAddress: ["10.0.0.9"], remotePort: ["3999", "4000"] } },
  };
  assert.equal(found(request, server(two, three, one)), [
    "three/receiver as receiver",
    "one/receiver as receiver",
    "two/receiver as receiver",
  ]);
});

test("one module that would say the same twice is asked once", () => {
  const twin: End = { ...receives, name: "twin", module: "tag" };
  assert.is(found(request, server(receives, twin)).length, 1);
});

test("of many that might read a message the eight likeliest are tried", () => {
  const many = Array.from({ length: 20 }, (_, at) => ({ ...receives, name: `m-${at}`, priority: 20 - at }));
  const wanted = Array.from({ length: 8 }, (_, at) => `m-${19 - at}/receiver as receiver`);
  assert.equal(found(request, server(...many)), wanted);
});

test("addresses are the same however they are written", () => {
  const six: SeenFlow = {
    protocol: "UDP",
    source: { address: "fd00::9", port: 1 },
    destination: { address: "FD00:0:0::53", port: 53 },
  };
  assert.equal(found(six, hostOf("default/dns", "fd00::0053/64", [receives])), ["tag/receiver as receiver"]);
});

test.run();
