import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { MalformedCapture, readCapture } from "../../../cli/module/read-capture.ts";
import { writeCapture } from "../../../cli/module/write-capture.ts";

const packets = [
  { timeMs: 1_700_000_000_000, bytes: Buffer.from("45000014000000004011000a0000010a000002", "hex") },
  { timeMs: 1_700_000_000_123.5, bytes: Buffer.alloc(0) },
  { timeMs: 1_700_000_001_000, bytes: Buffer.alloc(1500, 7) },
];
const expected = packets.map(({ timeMs, bytes }) => ({ timeMs, linkType: 101, bytes: [...bytes] }));
const read = (file: Uint8Array) => [...readCapture(file)].map((one) => ({ ...one, bytes: [...one.bytes] }));

/** The same packets in another format, written by Wireshark's own tools. */
function converted(format: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "capture-"));
  try {
    const [from, to] = [join(folder, "from.pcap"), join(folder, "to")];
    writeFileSync(from, writeCapture(packets, false));
    execFileSync("tshark", ["-r", from, "-F", format, "-w", to], { stdio: "ignore" });
    return readFileSync(to);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("what is written is read again", () => {
  assert.equal(read(writeCapture(packets, false)), expected);
});

test("pcap with nanoseconds and pcapng, as Wireshark writes them, are read", () => {
  for (const format of ["nsecpcap", "pcapng", "pcap"])
    assert.equal(read(converted(format)), expected, format);
});

test("a big-endian pcap is read", () => {
  const file = Buffer.from(writeCapture(packets.slice(0, 1), false));
  for (const [at, size] of [
    [0, 4],
    [4, 2],
    [6, 2],
    [16, 4],
    [20, 4],
    [24, 4],
    [28, 4],
    [32, 4],
    [36, 4],
  ] as const)
    file.subarray(at, at + size).reverse();
  assert.equal(read(file), expected.slice(0, 1));
});

test("a file that breaks off is read up to there, and no file reads beyond itself", () => {
  for (const file of [writeCapture(packets, false), converted("pcapng")]) {
    for (let length = 0; length < file.length; length += 7) {
      const found: unknown[] = [];
      try {
        for (const packet of readCapture(file.subarray(0, length))) found.push(packet);
      } catch (error) {
        assert.instance(error, MalformedCapture);
      }
      assert.ok(found.length <= packets.length);
    }
  }
});

test("arbitrary damage is refused, never a crash", () => {
  const sound = [Buffer.from(writeCapture(packets, false)), Buffer.from(converted("pcapng"))];
  fc.assert(
    fc.property(
      fc.constantFrom(...sound),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 5 }),
      (file, changes) => {
        const damaged = Buffer.from(file);
        for (const [at, value] of changes) damaged[at] = value;
        try {
          for (const { bytes } of readCapture(damaged)) assert.ok(bytes.length <= damaged.length);
        } catch (error) {
          assert.instance(error, MalformedCapture);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test.run();
