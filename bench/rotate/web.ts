import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ObjectDetail } from "../../controller/mod.ts";
import { run, Started } from "../../test/lab/started.ts";
import { until } from "../../test/lab/until.ts";
import { webRepository } from "../../test/lab/web-repository.ts";
import { print } from "../figure.ts";
import { type Past, printTimes, rotate, rotateDuring } from "./rotations.ts";

const members = ["one", "two"] as const;
const downloads = 3;
const bytes = 150_000_000;
/** The link, not the reader, is what is slow, so that what has not been sent is still the sender's to customize. */
const slowLink = "tc qdisc add dev eth0 root tbf rate 200mbit burst 256k latency 50ms".split(" ");

/** In a lab of a server and a client: downloads that go over from one customization to another several times before they end. */
export async function measureWeb(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "netloom-rotate-"));
  try {
    const content = randomBytes(bytes);
    writeFileSync(join(folder, "content"), content);
    const lab = new Started(["lab", webRepository(folder)]);
    await lab.says("  converged");
    run("lab", "exec", "server", "--", ...slowLink);
    await measure(folder, sha256(content));
    run("lab", "down");
    await lab.exit;
  } finally {
    Started.killAll();
    rmSync(folder, { recursive: true });
  }
}

async function measure(folder: string, wanted: string): Promise<void> {
  const rotations = (): Promise<Past[]> => rotate("web", members);
  const unloaded = await rotations();
  const resetsBefore = resets();
  const files = Array.from({ length: downloads }, (_, at) => join(folder, `got-${at}`));
  const all = Promise.all(files.map(download));
  const { outcome: ends, loaded } = await rotateDuring(all, async () => {
    await until("all are under way", () => files.every((file) => sizeOf(file) > bytes / 40));
    await moveAllTo(members[1]);
    return rotations();
  });
  print({ bench: "rotate.http.resets", value: resets() - resetsBefore, unit: "connections", baseline: 0 });
  const equal = files.filter((file, at) => ends[at] === 0 && sha256(readFileSync(file)) === wanted).length;
  print({ bench: "rotate.http.hash", value: equal / downloads, unit: "of the downloads", baseline: 1 });
  printTimes("rotate.http", loaded, unloaded);
}

/** Resolves once frames of that customization were read: whoever measures rotations wants to know that it moves anything. */
async function moveAllTo(member: string): Promise<void> {
  const { code, stderr } = run("rotate", "web", "--to", member);
  if (code !== 0) throw new Error(stderr);
  await until(`something is customized by ${member}`, () => customizedBy(member) > 0);
}

/** Resolves to curl's exit code. */
function download(file: string): Promise<number | null> {
  const words = ["curl", "--silent", "--show-error", "--fail", "-o", file, "http://10.20.0.1:8000/content"];
  return new Started(["lab", "exec", "client", "--", ...words]).exit;
}

/** Established connections of both hosts that were reset, from either side, since they began. */
function resets(): number {
  const ofHost = (host: string): number => {
    const { stdout } = run("lab", "exec", host, "--", "cat", "/proc/net/snmp");
    const [names, values] = stdout.split("\n").filter((line) => line.startsWith("Tcp: "));
    const column = names?.split(" ").indexOf("EstabResets") ?? -1;
    return Number(values?.split(" ")[column]);
  };
  return ofHost("server") + ofHost("client");
}

/** Frames that the receiver of a customization has read. */
function customizedBy(member: string): number {
  const { units } = JSON.parse(
    run("describe", `customization/${member}`, "-o", "json").stdout,
  ) as ObjectDetail;
  return units.find(({ unit }) => unit?.endsWith("/receiver"))?.counters?.customized_total ?? 0;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
