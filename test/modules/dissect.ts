import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const checks = ["ip", "udp", "tcp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
const linkType = { network: 101, frame: 1 } as const;

/**
 * What tshark makes of IP packets (or frames): the fields asked for, a list for each packet. Throws when it finds any of
 * them malformed or with a wrong checksum.
 */
export function dissect(
  packets: Uint8Array[],
  fields: string[],
  link: keyof typeof linkType = "network",
): string[][] {
  const folder = mkdtempSync(join(tmpdir(), "dissect-"));
  try {
    const file = join(folder, "packets.pcap");
    writeFileSync(file, pcap(packets, linkType[link]));
    const wrong = run(file, ["-Y", "_ws.malformed or _ws.expert.severity >= 8388608", "-V"]);
    if (wrong.trim() !== "") throw new Error(`tshark finds fault with a packet:\n${wrong}`);
    const rows = run(file, ["-T", "fields", ...fields.flatMap((field) => ["-e", field])]);
    return rows
      .trimEnd()
      .split("\n")
      .map((row) => row.split("\t"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(file: string, options: string[]): string {
  return execFileSync("tshark", ["-n", "-r", file, ...checks, ...options], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

function pcap(packets: Uint8Array[], link: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(link, 20);
  const records = packets.map((packet) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(packet.length, 8);
    record.writeUInt32LE(packet.length, 12);
    return Buffer.concat([record, packet]);
  });
  return Buffer.concat([header, ...records]);
}
