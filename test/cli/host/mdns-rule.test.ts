import { test } from "uvu";
import * as assert from "uvu/assert";
import { mdnsRule } from "../../../cli/host/mdns-rule.ts";
import type { RuleToSend } from "../../../cli/host/read-rules.ts";
import { compileModule, SleepGuest, sleepAbi } from "../../../modules/mod.ts";

const own = [
  { bytes: Uint8Array.of(10, 0, 0, 5) },
  { bytes: Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5) },
  { bytes: Uint8Array.of(0xfd, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5) },
];
const service = { name: "Files v1.0", type: "_http._tcp", subtypes: [], port: 80, text: ["path=/"] };

test("name, addresses and services become records of the standard rule, each once", () => {
  const other = {
    ...service,
    name: "Admin",
    port: 81,
    target: "printer.local",
    subtypes: ["_a._sub._http._tcp"],
  };
  const made = mdnsRule(own, { name: "nas", services: [service, other] }) as RuleToSend;
  const v6 = "fd09::5";
  const pointer = (name: string, data: string) => ({ name, type: "PTR", data });
  const config = {
    addresses: ["10.0.0.5", v6],
    records: [
      { name: "nas.local", type: "A", data: "10.0.0.5" },
      { name: "nas.local", type: "AAAA", data: v6 },
      pointer("_services._dns-sd._udp.local", "_http._tcp.local"),
      pointer("_http._tcp.local", "Files v1\\.0._http._tcp.local"),
      { name: "Files v1\\.0._http._tcp.local", type: "SRV", port: 80, target: "nas.local" },
      { name: "Files v1\\.0._http._tcp.local", type: "TXT", text: ["path=/"] },
      pointer("_http._tcp.local", "Admin._http._tcp.local"),
      pointer("_a._sub._http._tcp.local", "Admin._http._tcp.local"),
      { name: "Admin._http._tcp.local", type: "SRV", port: 81, target: "printer.local" },
      { name: "Admin._http._tcp.local", type: "TXT", text: ["path=/"] },
    ],
  };
  const addresses = ["10.0.0.5/32", `${v6}/128`, "224.0.0.251/32", "ff02::fb/128"];
  assert.equal(made.rule, { UDP: { addresses, port: 5353, config } });
  const compiled = compileModule(made.module, sleepAbi, "mdns-responder");
  assert.is(compiled.kind, "compiled");
  if (compiled.kind !== "compiled") return;
  // It throws when its configuration is refused.
  new SleepGuest(compiled.module, { limits: { memoryBytes: 1 << 20 }, config });
});

test("a host without an address to be found at needs no rule; one with too much to say is told so", () => {
  assert.is(mdnsRule([own[1]!], { name: "nas", services: [service] }), undefined);
  const many = Array.from({ length: 50 }, (_, port) => ({ ...service, name: `Files ${port}` }));
  assert.throws(() => mdnsRule(own, { name: "nas", services: many }), /there are 153 records; at most 128/);
});

test.run();
