import { X509Certificate } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { certificateName, identify, isLoopback, type Peer } from "../../../daemon/responder/identity.ts";
import type { SleeperSpec } from "../../../schemas/mod.ts";
import { hostMac as mac, sleeperUnit } from "../sleep/lan.ts";
import { Authority } from "./authority.ts";

const authority = new Authority();
const backend = { sleepers: () => [sleeperUnit().spec as SleeperSpec] };

function hostOf(peer: Peer, wanted = mac): string {
  try {
    return identify(peer, wanted, backend).host;
  } catch (error) {
    return (error as Error).message;
  }
}

const certified = (names: string[], commonName = "one"): Peer => {
  const { cert } = authority.read(authority.issue("one", names, { commonName }));
  return { kind: "certified", certificate: new X509Certificate(cert) };
};

test.after(() => authority.remove());

test("a certificate's name for a host is a DNS name of its own", () => {
  assert.is(certificateName("default/nas"), "nas.default.host.netloom");
});

test("a certificate stands for every host it names, and for no other", () => {
  assert.is(hostOf(certified(["nas.default.host.netloom"])), "default/nas");
  assert.is(hostOf(certified(["pc.default.host.netloom", "nas.default.host.netloom"])), "default/nas");
  for (const names of [
    [],
    ["nas.other.host.netloom"],
    ["default.nas.host.netloom"],
    ["x.nas.default.host.netloom"],
    ["nas.default.host.netloom.example.net"],
    ["*.default.host.netloom"],
    ["nas"],
  ]) {
    assert.match(hostOf(certified(names)), /does not name the Host/, `${names}`);
  }
  assert.match(
    hostOf(certified([], "nas.default.host.netloom")),
    /does not name the Host/,
    "a subject is no name",
  );
  assert.match(
    hostOf(certified(["nas.default.host.netloom"]), "02:00:00:00:00:99"),
    /does not name the Host/,
  );
});

test("an address stands for the host that has it, also as IPv4 in IPv6, and for no other", () => {
  for (const address of ["10.9.0.5", "::ffff:10.9.0.5", "fd09::5", "fd09:0:0::5"]) {
    assert.is(hostOf({ kind: "addressed", address }), "default/nas", address);
  }
  for (const address of ["10.9.0.1", "::ffff:10.9.0.1", "fd09::1", "127.0.0.1", "", "::5"]) {
    assert.match(hostOf({ kind: "addressed", address }), /is not the address/, address);
  }
});

test("whoever is on this machine stands for every host that is declared; who is not trusted for none", () => {
  assert.is(hostOf({ kind: "local" }), "default/nas");
  assert.match(hostOf({ kind: "local" }, "02:00:00:00:00:99"), /stands in for no Host/);
  assert.match(hostOf({ kind: "untrusted", reason: "it sent nothing" }), /it sent nothing/);
});

test("loopback is what nobody else can reach", () => {
  for (const address of ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"]) assert.ok(isLoopback(address));
  for (const address of ["0.0.0.0", "::", "10.0.0.1", "localhost", "127.example.net", "::ffff:10.0.0.1"]) {
    assert.not.ok(isLoopback(address), address);
  }
});

test.run();
