import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = resolve(import.meta.dirname, "../..");

/**
 * Who may import whom (docs/architecture.md). A room is the longest listed folder a file is in; a room may always import
 * itself. An entry ending in ".ts" is that one file; any other entry is a room, through its door `mod.ts` only.
 */
const mayImport: Record<string, string[] | "everything"> = {
  schemas: [],
  bus: ["schemas"],
  modules: ["schemas"],
  controller: ["schemas", "bus"],
  "daemon/linux": ["schemas"],
  "daemon/worker": ["schemas", "daemon/engine.ts", "daemon/linux"],
  "daemon/sleep": ["schemas", "modules", "daemon/engine.ts", "daemon/worker", "daemon/linux"],
  "daemon/filter": ["schemas", "modules", "daemon/engine.ts", "daemon/worker", "daemon/linux"],
  "daemon/tunnel": ["schemas", "modules", "daemon/engine.ts", "daemon/worker", "daemon/linux"],
  "daemon/probe": ["schemas", "modules", "daemon/engine.ts", "daemon/worker", "daemon/linux"],
  "daemon/layer45": ["schemas", "modules", "daemon/engine.ts", "daemon/worker", "daemon/linux"],
  "daemon/inverse": ["schemas", "daemon/engine.ts", "daemon/linux"],
  "daemon/responder": ["schemas", "modules", "daemon/engine.ts"],
  daemon: [
    "schemas",
    "bus",
    "modules",
    "daemon/linux",
    "daemon/worker",
    "daemon/sleep",
    "daemon/filter",
    "daemon/tunnel",
    "daemon/probe",
    "daemon/layer45",
    "daemon/inverse",
    "daemon/responder",
  ],
  functions: ["schemas", "bus", "modules"],
  middlebox: ["schemas", "modules"],
  lab: ["schemas", "bus", "controller", "daemon", "daemon/linux", "functions", "middlebox"],
  cli: "everything",
  bench: "everything",
  test: "everything",
  tools: "everything",
};

const rooms = Object.keys(mayImport).sort((a, b) => b.length - a.length);
const roomOf = (file: string): string => rooms.find((room) => file.startsWith(`${room}/`)) ?? "";

interface Import {
  file: string;
  target: string;
}

function sources(): string[] {
  const tops = [...new Set(rooms.map((room) => room.split("/")[0] as string))];
  return tops
    .filter((top) => existsSync(join(root, top)))
    .flatMap((top) =>
      readdirSync(join(root, top), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !file.includes("assembly/"))
        .map((file) => join(top, file)),
    );
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const pattern = /(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;
  return [...text.matchAll(pattern)].map((match) => ({
    file,
    target: relative(root, resolve(root, dirname(file), match[1] as string)),
  }));
}

function fault({ file, target }: Import): string | undefined {
  const from = roomOf(file);
  const to = roomOf(target);
  if (to === "") return `${file} imports ${target}, which is in no room`;
  if (from === to) return undefined;
  const allowed = mayImport[from];
  if (allowed === "everything") return undefined;
  if (allowed?.includes(target)) return undefined;
  if (!allowed?.includes(to)) return `${file} imports ${target}: ${from} may not import ${to}`;
  if (target !== `${to}/mod.ts`) return `${file} imports ${target}: other folders come in by ${to}/mod.ts`;
  return undefined;
}

test("every import follows the import table", () => {
  const found = sources().flatMap(importsOf);
  assert.ok(found.length > 0, "no import was found at all");
  assert.equal(
    found.map(fault).filter((line) => line !== undefined),
    [],
  );
});

test("the import table refuses what it should", () => {
  assert.ok(fault({ file: "controller/a.ts", target: "daemon/mod.ts" }));
  assert.ok(fault({ file: "daemon/sleep/a.ts", target: "daemon/filter/mod.ts" }));
  assert.ok(fault({ file: "controller/a.ts", target: "bus/nats.ts" }));
  assert.not(fault({ file: "controller/a.ts", target: "bus/mod.ts" }));
});

test.run();
