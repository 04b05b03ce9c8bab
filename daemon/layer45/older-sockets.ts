import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { UnitId } from "../../schemas/mod.ts";
import { networkNamespaceCookie } from "../linux/mod.ts";

/** On most systems in memory, and gone with the boot whose sockets it is about. */
const defaultFolder = "/run/netloom/older-sockets";
/** Of any more, the rest is taken for new. */
const cookiesMax = 65_536;

/**
 * The sockets that were there before a customization which takes only new ones. They are written down, for they have to be
 * known after the daemon has started again: without that, a server that has been customized since it began would not be
 * from an upgrade of the daemon on. No file is of another boot or another network namespace.
 */
export class OlderSockets {
  readonly #folder: string;
  readonly #scope: string;

  /** Throws `linux.*` problems. */
  constructor(folder = defaultFolder) {
    this.#folder = folder;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    this.#scope = `${boot} ${networkNamespaceCookie()}`;
  }

  /** Cookies that were noted of a unit; undefined when none were. Throws what the file system says. */
  recall(id: UnitId): Set<bigint> | undefined {
    try {
      const bytes = readFileSync(this.#file(id));
      const cookies = new Set<bigint>();
      for (let at = 0; at + 8 <= bytes.length; at += 8) cookies.add(bytes.readBigUInt64LE(at));
      return cookies;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Throws what the file system says. */
  note(id: UnitId, cookies: ReadonlySet<bigint>): void {
    const noted = [...cookies].slice(0, cookiesMax);
    const bytes = Buffer.alloc(8 * noted.length);
    for (const [index, cookie] of noted.entries()) bytes.writeBigUInt64LE(cookie, 8 * index);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const file = this.#file(id);
    // A crash leaves the file before or the file after, and no half of one.
    writeFileSync(`${file}.new`, bytes, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  /** Throws what the file system says. */
  forget(id: UnitId): void {
    rmSync(this.#file(id), { force: true });
  }

  #file(id: UnitId): string {
    return join(this.#folder, createHash("sha256").update(`${this.#scope} ${id}`).digest("hex"));
  }
}
