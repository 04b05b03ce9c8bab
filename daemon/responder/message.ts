import { fail } from "../../schemas/mod.ts";
import type { ByteSource } from "./byte-source.ts";

/**
 * What a host asks of its proxy (sloth-sleep-proxy §3.4.1, integers big-endian; opcode 3 is ours). `mac` is six
 * colon-separated hex pairs in lower case and says which host it is about.
 */
export type Request = Subscribe | { kind: "remove" | "sleep" | "wake"; mac: string };

export interface Subscribe {
  kind: "add";
  mac: string;
  /** JSON text, after §3.5 (`rules-file.ts`). */
  rules: Uint8Array;
  /** One for each rule, in their order. */
  modules: Uint8Array[];
}

/** What is known of a request before its content is read. */
export type RequestHead = Pick<Request, "kind" | "mac">;

/** How much one subscription may bring. */
export interface SubscriptionBounds {
  rulesMax: number;
  /** Of one module. */
  moduleBytesMax: number;
}

/** Status bytes of replies; any but 0 is followed by a reason. */
export const replyStatus = {
  done: 0,
  malformed: 1,
  denied: 2,
  notAllowed: 3,
  overLimit: 4,
  refused: 5,
  busy: 6,
  failed: 7,
} as const;

/** Zero is done. */
export interface Reply {
  status: number;
  reason: string;
}

export const messageLimits = {
  rulesBytesMax: 256 * 1024,
  /** Of all modules of one subscription. */
  modulesBytesMax: 32 * 1024 * 1024,
  reasonBytesMax: 2_048,
} as const;

const opcodes = ["add", "remove", "sleep", "wake"] as const satisfies Request["kind"][];
const macBytes = 6;

/** In pieces, so that modules are not copied. Modules without rules to go with them are the caller's fault. */
export function writeRequest(request: Request): Uint8Array[] {
  const head = Buffer.from([opcodes.indexOf(request.kind), ...parseMac(request.mac)]);
  if (request.kind !== "add") return [head];
  const { modules, rules } = request;
  const pieces = [head, uint32(modules.length), uint32(rules.length), rules];
  for (const module of modules) pieces.push(uint32(module.length), module);
  return pieces;
}

/**
 * Reads one request; undefined when the bytes end before one begins. `admit` is asked once it is known who wants what,
 * before anything else is read: it gives the bounds, or throws. Throws `responder.malformed`, `responder.over-limit`.
 */
export async function readRequest(
  source: ByteSource,
  admit: (head: RequestHead) => SubscriptionBounds,
): Promise<Request | undefined> {
  const opcode = await source.take(1);
  if (opcode.length === 0) return undefined;
  const kind = opcodes[opcode[0] as number];
  if (kind === undefined) return malformed(`opcode ${opcode[0]} is not known`);
  const mac = formatMac(await exactly(source, macBytes, "the MAC address"));
  const bounds = admit({ kind, mac });
  if (kind !== "add") return { kind, mac };
  const count = await readUint32(source, "the number of rules");
  bound("the number of rules", count, bounds.rulesMax);
  const rulesBytes = await readUint32(source, "the size of the JSON file");
  bound("the size of the JSON file in bytes", rulesBytes, messageLimits.rulesBytesMax);
  const rules = await exactly(source, rulesBytes, "the JSON file");
  return { kind, mac, rules, modules: await readModules(source, count, bounds.moduleBytesMax) };
}

async function readModules(source: ByteSource, count: number, bytesMax: number): Promise<Uint8Array[]> {
  const modules: Uint8Array[] = [];
  let all = 0;
  for (let index = 0; index < count; index++) {
    const bytes = await readUint32(source, `the size of rule ${index}`);
    bound(`the size of rule ${index} in bytes`, bytes, bytesMax);
    all += bytes;
    bound("the size of all rules in bytes", all, messageLimits.modulesBytesMax);
    modules.push(await exactly(source, bytes, `rule ${index}`));
  }
  return modules;
}

/** Status (1), and unless that is 0: length of the reason (2), reason (UTF-8). */
export function writeReply({ status, reason }: Reply): Uint8Array {
  if (status === replyStatus.done) return Uint8Array.of(status);
  const text = Buffer.from(reason).subarray(0, messageLimits.reasonBytesMax);
  return Buffer.concat([Uint8Array.of(status, text.length >> 8, text.length & 0xff), text]);
}

/** Throws `responder.malformed` when the bytes end before a reply does. */
export async function readReply(source: ByteSource): Promise<Reply> {
  const [status] = await exactly(source, 1, "the status");
  if (status === replyStatus.done) return { status, reason: "" };
  const [high, low] = await exactly(source, 2, "the length of the reason");
  const length = ((high as number) << 8) | (low as number);
  bound("the length of the reason in bytes", length, messageLimits.reasonBytesMax);
  const text = await exactly(source, length, "the reason");
  return { status: status as number, reason: Buffer.from(text).toString() };
}

async function exactly(source: ByteSource, length: number, what: string): Promise<Uint8Array> {
  const taken = await source.take(length);
  return taken.length === length
    ? taken
    : malformed(`it ends in ${what}, after ${taken.length} bytes of ${length}`);
}

async function readUint32(source: ByteSource, what: string): Promise<number> {
  const bytes = await exactly(source, 4, what);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function bound(what: string, is: number, max: number): void {
  if (is > max) fail("responder.over-limit", { what, is, max });
}

function malformed(reason: string): never {
  return fail("responder.malformed", { reason });
}

function parseMac(text: string): number[] {
  const bytes = text.split(":").map((pair) => Number.parseInt(pair, 16));
  if (bytes.length !== macBytes) throw new Error(`"${text}" is no MAC address`);
  return bytes;
}

function formatMac(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}
