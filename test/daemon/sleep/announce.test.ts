import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { addressBytes, wordPrefix } from "../../../daemon/sleep/address.ts";
import { arpAnnouncement, arpAnswer, arpFrame, readArp } from "../../../daemon/sleep/arp.ts";
import { Headers } from "../../../daemon/sleep/headers.ts";
import {
  magicFrame,
  magicPayload,
  magicUdpFrame,
  parseSecureOn,
} from "../../../daemon/sleep/magic-packet.ts";
import {
  advertisementAnswer,
  advertisementFrame,
  readSolicitation,
} from "../../../daemon/sleep/neighbour.ts";
import { clientMac, mac, proxyMac } from "./frames.ts";

const hostMac = mac("02:00:00:00:00:05");
const target = addressBytes(wordPrefix("fd00::5")!);

/** What tshark says of a frame: the values of the fields, in order. */
function tshark(frame: Uint8Array, fields: string[]): string[] {
  const path = join(tmpdir(), `netloom-${process.pid}-${Math.random()}.pcap`);
  const header = Buffer.from("d4c3b2a1020004000000000000000000ffff000001000000", "hex");
  const record = Buffer.alloc(16);
  record.writeUInt32LE(frame.length, 8);
  record.writeUInt32LE(frame.length, 12);
  writeFileSync(path, Buffer.concat([header, record, frame]));
  try {
    const options = ["-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
    const output = execFileSync(
      "tshark",
      ["-r", path, "-T", "fields", ...options, ...fields.flatMap((one) => ["-e", one])],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    return output
      .replace(/\n$/, "")
      .split("\t")
      .map((value) => value.replace("True", "1").replace("False", "0"));
  } finally {
    rmSync(path);
  }
}

test("tshark reads our ARP announcement and answer as such", () => {
  const fields = [
    "arp.opcode",
    "arp.src.hw_mac",
    "arp.src.proto_ipv4",
    "arp.dst.proto_ipv4",
    "arp.isannouncement",
    "eth.dst",
  ];
  assert.equal(tshark(arpAnnouncement(proxyMac, hostMac, 0x0a000005), fields), [
    ...["1", "02:00:00:00:00:05", "10.0.0.5", "10.0.0.5", "1", "ff:ff:ff:ff:ff:ff"],
  ]);
  const request = {
    operation: "request",
    senderMac: clientMac,
    senderAddress: 0x0a000001,
    targetMac: new Uint8Array(6),
    targetAddress: 0x0a000005,
  } as const;
  assert.equal(tshark(arpAnswer(proxyMac, request), fields), [
    ...["2", "02:00:00:00:00:02", "10.0.0.5", "10.0.0.1", "", "02:00:00:00:00:01"],
  ]);
});

test("ARP that is written is read again, and what is none is not", () => {
  const sent = {
    operation: "reply",
    senderMac: clientMac,
    senderAddress: -1,
    targetMac: hostMac,
    targetAddress: 7,
  } as const;
  const frame = arpFrame(clientMac, proxyMac, sent);
  assert.equal(readArp(frame, 14, frame.length), sent);
  for (let length = 14; length < frame.length; length += 1) assert.is(readArp(frame, 14, length), undefined);
  for (const at of [14, 15, 16, 17, 18, 19, 20]) {
    const broken = Uint8Array.from(frame);
    broken[at]! ^= 0x40;
    assert.is(readArp(broken, 14, broken.length), undefined);
  }
});

test("tshark reads our advertisement, its flags, option and checksum", () => {
  const fields = [
    "icmpv6.type",
    "icmpv6.nd.na.target_address",
    "icmpv6.opt.linkaddr",
    "icmpv6.nd.na.flag.o",
    "icmpv6.nd.na.flag.s",
    "icmpv6.checksum.status",
    "ipv6.dst",
    "eth.dst",
  ];
  assert.equal(tshark(advertisementFrame(proxyMac, { target, mac: hostMac, to: undefined }), fields), [
    ...["136", "fd00::5", "02:00:00:00:00:05", "1", "0", "1", "ff02::1", "33:33:00:00:00:01"],
  ]);
  const asked = { target, source: addressBytes(wordPrefix("fd00::1")!), sourceMac: clientMac };
  assert.equal(tshark(advertisementAnswer(proxyMac, asked, hostMac), fields), [
    ...["136", "fd00::5", "02:00:00:00:00:02", "1", "1", "1", "fd00::1", "02:00:00:00:00:01"],
  ]);
});

const solicitation = Buffer.from(
  "3333ff000005020000000001" +
    "86dd" +
    "6000000000203aff" +
    "fd000000000000000000000000000001" +
    "ff0200000000000000000001ff000005" +
    "87000000" +
    "00000000" +
    "fd000000000000000000000000000005" +
    "0101020000000001",
  "hex",
);
function withChecksum(frame: Buffer): Buffer {
  frame.writeUInt16BE(0, 56);
  let sum = 58 + frame.length - 54;
  for (let at = 22; at < frame.length; at += 2) sum += frame.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  frame.writeUInt16BE(~sum & 0xffff, 56);
  return frame;
}
const readNs = (arrived: Uint8Array) => {
  const frame = Uint8Array.from(arrived);
  const headers = new Headers();
  return headers.read(frame, 0, frame.length) === undefined ? readSolicitation(frame, headers) : undefined;
};

test("a valid solicitation is read; one hop further, unsummed or crooked it is not", () => {
  const frame = withChecksum(Buffer.from(solicitation));
  assert.equal(readNs(frame), {
    target,
    source: addressBytes(wordPrefix("fd00::1")!),
    sourceMac: clientMac,
  });
  const broken = (at: number, value: number, sum = true) => {
    const copy = Buffer.from(solicitation);
    copy[at] = value;
    return sum ? withChecksum(copy) : copy;
  };
  assert.is(readNs(broken(21, 254)), undefined, "hop limit");
  assert.is(readNs(broken(55, 1)), undefined, "code");
  assert.is(readNs(broken(62, 0xff)), undefined, "multicast target");
  const fromNobody = Buffer.from(solicitation);
  fromNobody.fill(0, 22, 38);
  assert.is(readNs(withChecksum(fromNobody)), undefined, "a link address of nobody's");
  assert.is(readNs(broken(79, 0)), undefined, "option of no length");
  assert.is(readNs(broken(79, 2)), undefined, "option too long");
  assert.is(readNs(broken(0, 0x33, false)), undefined, "checksum");
});

test("who looks whether an address is free is told with everyone", () => {
  const frame = advertisementAnswer(
    proxyMac,
    { target, source: new Uint8Array(16), sourceMac: undefined },
    clientMac,
  );
  assert.equal(tshark(frame, ["ipv6.dst", "icmpv6.nd.na.target_address"]), ["ff02::1", "fd00::5"]);
});

test("tshark takes our magic packets for such, in a frame and in UDP, and a password comes last", () => {
  const password = parseSecureOn(Buffer.from("01:02:03:04:05:06\n"))!;
  const fields = [
    "_ws.col.Protocol",
    "eth.type",
    "udp.dstport",
    "udp.checksum.status",
    "ip.checksum.status",
    "ip.src",
  ];
  const payload = magicPayload(hostMac, password);
  const frame = magicFrame(proxyMac, payload);
  assert.equal(tshark(frame, fields), ["WOL", "0x0842", "", "", "", ""]);
  assert.is(tshark(frame, ["wol.mac"])[0], new Array(16).fill("02:00:00:00:00:05").join(","));
  assert.is(tshark(frame, ["wol.passwd"]).length, 1);
  assert.equal([...frame.subarray(-6)], [1, 2, 3, 4, 5, 6]);
  const udp = magicUdpFrame(proxyMac, 0x0a000002, magicPayload(hostMac));
  assert.equal(tshark(udp, fields), ["WOL", "0x0800", "9", "1", "1", "10.0.0.2"]);
});

test("a SecureOn password is hex pairs, four numbers, or the bytes", () => {
  const parse = (text: string) => parseSecureOn(Buffer.from(text, "latin1"));
  assert.equal([...parse("aa-bb-cc-dd-ee-ff")!], [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff]);
  assert.equal([...parse("1.2.3.255")!], [1, 2, 3, 255]);
  assert.equal([...parse("\x00\x01\x02\xff")!], [0, 1, 2, 255]);
  for (const wrong of ["", "1.2.3.256", "aa:bb:cc:dd:ee", "seven b"])
    assert.is(parse(wrong), undefined, wrong);
});

test("readers of ARP and solicitations survive whatever arrives", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(40), (noise, at) => {
      const frame = withChecksum(Buffer.from(solicitation));
      frame.set(
        noise.subarray(0, frame.length - Math.min(at, 40)),
        Math.min(at, frame.length - noise.length < 0 ? 0 : at),
      );
      readNs(frame);
      readArp(noise, 0, noise.length);
    }),
  );
});

test.run();
