import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const checks = ["ip", "udp", "tcp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
/** What tshark calls "error": malformed packets, wrong checksums. */
const severityError = "8388608";
const linkType = { network: 101, frame: 1 } as const;

/**
 * What tshark makes of IP packets (or frames): the fields asked for, a list for each packet. Throws when it finds any of
 * them malformed or with a wrong checksum. `scripts`: files of plug-ins in Lua that it loads.
 */
export function dissect(
  packets: Uint8Array[],
  fields: string[],
  link: keyof typeof linkType = "network",
  scripts: string[] = [],
): string[][] {
  const folder = mkdtempSync(join(tmpdir(), "dissect-"));
  try {
    const file = join(folder, "packets.pcap");
    writeFileSync(file, pcap(packets, linkType[link]));
    const asked = ["_ws.expert.severity", "_ws.expert.message", ...fields].flatMap((field) => ["-e", field]);
    const plugins = scripts.flatMap((script) => ["-X", `lua_script:${script}`]);
    const text = execFileSync("tshark", ["-n", "-r", file, ...checks, ...plugins, "-T", "fields", ...asked], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const rows = text
      .trimEnd()
      .split("\n")
      .map((row) => row.split("\t"));
    for (const [severity = "", reason] of rows)
      if (severity.split(",").includes(severityError))
        throw new Error(`tshark finds fault with a packet: ${reason}`);
    return rows.map((row) => row.slice(2));
  } finally {
    rmSync(folder, { recursive: true });
  }
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
