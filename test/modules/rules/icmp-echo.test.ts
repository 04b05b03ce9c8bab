import { test } from "uvu";
import * as assert from "uvu/assert";
import { dissect } from "../dissect.ts";
import { frame, icmp, ipv4 } from "../packets.ts";
import { onlyAnswer, runRule } from "../run-rule.ts";

const v4 = { source: "10.0.0.9", destination: "10.0.0.5" };
const v6 = { source: "fd00::9", destination: "fd00::5" };
const ping = Buffer.concat([Buffer.from([0x12, 0x34, 0x00, 0x07]), Buffer.from("a payload of odd length")]);

test("a ping over IPv4 is answered with the same identifier, sequence number and data", () => {
  const answer = onlyAnswer(runRule("icmp-echo").packet(icmp(v4, [8, 0], ping)));
  const fields = ["ip.src", "ip.dst", "ip.ttl", "icmp.type", "icmp.checksum.status"];
  assert.equal(dissect([answer], fields), [["10.0.0.5", "10.0.0.9", "64", "0", "1"]]);
  assert.equal(answer.subarray(-ping.length), ping);
});

test("a ping over IPv6 is answered with the same identifier, sequence number and data", () => {
  const answer = onlyAnswer(runRule("icmp-echo").packet(icmp(v6, [128, 0], ping)));
  const fields = ["ipv6.src", "ipv6.dst", "ipv6.hlim", "icmpv6.type", "icmpv6.checksum.status"];
  assert.equal(dissect([answer], fields), [["fd00::5", "fd00::9", "64", "129", "1"]]);
  assert.equal(answer.subarray(-ping.length), ping);
});

test("in frames, the MAC addresses change places and padding is left out", () => {
  const rule = runRule("icmp-echo", { raw: true });
  for (const vlan of [undefined, 7]) {
    const answer = onlyAnswer(rule.packet(frame(icmp(v4, [8, 0], Buffer.from([0, 1, 0, 1])), vlan)));
    const fields = ["eth.src", "eth.dst", "ip.dst", "icmp.type", "frame.len"];
    const length = vlan === undefined ? "42" : "46";
    assert.equal(dissect([answer], fields, "frame"), [
      ["02:00:00:00:00:05", "02:00:00:00:00:09", "10.0.0.9", "0", length],
    ]);
  }
});

test("only those who are allowed get an answer", () => {
  const rule = runRule("icmp-echo", { config: { allow: ["10.0.0.8/30", "192.168.1.1", "fd00::/64"] } });
  const answers = (source: string) => {
    const destination = source.includes(":") ? v6.destination : v4.destination;
    return rule.packet(icmp({ source, destination }, [source.includes(":") ? 128 : 8, 0], ping)).length;
  };
  const allowed = ["10.0.0.8", "10.0.0.11", "192.168.1.1", "fd00::1:2"];
  const others = ["10.0.0.7", "10.0.0.12", "192.168.1.2", "fd00:0:0:1::1", "2001:db8::1"];
  assert.equal(allowed.map(answers), [1, 1, 1, 1]);
  assert.equal(others.map(answers), [0, 0, 0, 0, 0]);
});

test("a configuration that makes no sense is refused with a reason", () => {
  for (const allow of ["10.0.0.0/8", [7], ["10.0.0.0/33"], ["10.0.0/8"], ["fd00::/129"], ["1::2::3"], [""]])
    assert.throws(
      () => runRule("icmp-echo", { config: { allow } }),
      /"allow" should be a list of address prefixes/,
    );
});

test("what is no echo request, or could be abused as one, gets no answer", () => {
  const rule = runRule("icmp-echo");
  const request = icmp(v4, [8, 0], ping);
  const silent = [
    icmp(v4, [0, 0], ping),
    icmp(v4, [8, 1], ping),
    icmp(v6, [129, 0], ping),
    icmp({ ...v4, destination: "224.0.0.1" }, [8, 0], ping),
    icmp({ ...v4, destination: "255.255.255.255" }, [8, 0], ping),
    icmp({ ...v4, source: "0.0.0.0" }, [8, 0], ping),
    icmp({ ...v6, destination: "ff02::1" }, [128, 0], ping),
    ipv4(v4, 1, request.subarray(20), { fragment: 0x2000 }),
    ipv4(v4, 1, request.subarray(20), { options: Buffer.from([131, 7, 4, 10, 0, 0, 1, 0]) }),
    request.subarray(0, 27),
    Buffer.alloc(0),
  ];
  for (const packet of silent) assert.equal(rule.packet(packet), [], packet.toString("hex"));
});

test.run();
