import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fail, type HostId, type Problem, problem, type UnitId } from "../../schemas/mod.ts";
import { BlobFolder } from "./blob-folder.ts";
import {
  formatChecked,
  type Reading,
  readChecked,
  setAside,
  syncFolder,
  unfinishedSuffix,
  writeWhole,
} from "./checked-file.ts";
import { type FolderLock, lockFolder } from "./lock.ts";
import { makeFolder } from "./make-folder.ts";
import { inParallel } from "./parallel.ts";
import { readStoredUnit, type StoredUnit, unitFileName } from "./unit-file.ts";

const unitFileBytesMax = 4 * 1024 * 1024;
const hostFileBytesMax = 1024 * 1024;
const hostFileName = "host.json";
const filesAtOnce = 8;
const problemsMax = 20;

/**
 * All that a daemon must not forget, in one folder:
 *
 *     lock              held by the daemon that uses the folder
 *     host.json         whose state it is; newest term seen; hosts that sleep
 *     units/NAME.json   one unit each (`unit-file.ts`)
 *     blobs/DIGEST      artifacts that some unit needs
 *     torn/NAME         files found damaged or foreign
 *
 * Changes are made in memory and are on disk once `flush` has resolved; a crash leaves each unit's file old or new.
 */
export class UnitStore {
  /** What was found damaged when the folder was opened. */
  readonly problems: Problem[] = [];
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #units = new Map<UnitId, StoredUnit>();
  readonly #unwritten = new Set<UnitId>();
  readonly #asleep = new Set<HostId>();
  #owner: HostId | undefined;
  #term = 0;
  #hostUnwritten = false;
  #flushed: Promise<void> = Promise.resolve();
  #blobs!: BlobFolder;

  private constructor(folder: string, lock: FolderLock) {
    this.#folder = folder;
    this.#lock = lock;
  }

  /** Opens the folder, making it when it is not there. Throws `store.locked`, `store.unwritable`. */
  static async open(folder: string): Promise<UnitStore> {
    for (const part of ["", "units", "blobs"]) {
      await makeFolder(join(folder, part)).catch((error) => unwritable(folder, error));
    }
    const store = new UnitStore(folder, await lockFolder(folder));
    try {
      await store.#load();
      return store;
    } catch (error) {
      store.#lock.release();
      throw error;
    }
  }

  /**
   * Makes the folder that of a host. Throws `store.foreign` when it is another's, whose units must not work here: a
   * daemon that was given a new name, or a disk that was copied.
   */
  claim(host: HostId): void {
    const folder = this.#folder;
    if (this.#owner === host) return;
    if (this.#owner !== undefined) fail("store.foreign", { folder, owner: this.#owner, host });
    this.#owner = host;
    this.#hostUnwritten = true;
  }

  get units(): ReadonlyMap<UnitId, StoredUnit> {
    return this.#units;
  }
  get term(): number {
    return this.#term;
  }
  get asleep(): ReadonlySet<HostId> {
    return this.#asleep;
  }
  get blobs(): BlobFolder {
    return this.#blobs;
  }

  set(stored: StoredUnit): void {
    this.#units.set(stored.unit.id, stored);
    this.#unwritten.add(stored.unit.id);
  }

  delete(id: UnitId): void {
    if (this.#units.delete(id)) this.#unwritten.add(id);
  }

  setTerm(term: number): void {
    if (term !== this.#term) this.#hostUnwritten = true;
    this.#term = term;
  }

  setPower(host: HostId, state: "asleep" | "awake"): void {
    if ((state === "asleep") === this.#asleep.has(host)) return;
    if (state === "asleep") this.#asleep.add(host);
    else this.#asleep.delete(host);
    this.#hostUnwritten = true;
  }

  /** Puts every change on disk. Rejects with `store.unwritable`; what was not written is tried again by the next. */
  flush(): Promise<void> {
    const flushed = this.#flushed.then(() => this.#write());
    this.#flushed = flushed.catch(() => undefined);
    return flushed;
  }

  /** Deletes artifacts that no unit needs; resolves to how many went. */
  collect(): Promise<number> {
    const needed = new Set<string>();
    for (const { unit } of this.#units.values()) {
      for (const { digest } of unit.artifacts) needed.add(digest);
    }
    return this.#blobs.collect(needed);
  }

  /** Sets a unit aside whose artifact is torn: it is as if it had never been installed. */
  async discard(id: UnitId, reason: string): Promise<void> {
    this.#units.delete(id);
    await this.#setAside(join(this.#folder, "units", unitFileName(id)), reason);
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.#lock.release();
    }
  }

  async #write(): Promise<void> {
    const units = [...this.#unwritten];
    const hostUnwritten = this.#hostUnwritten;
    this.#unwritten.clear();
    this.#hostUnwritten = false;
    try {
      if (hostUnwritten) await this.#writeHost();
      if (units.length === 0) return;
      await inParallel(units, filesAtOnce, (id) => this.#writeUnit(id));
      await syncFolder(join(this.#folder, "units"));
    } catch (error) {
      for (const id of units) this.#unwritten.add(id);
      this.#hostUnwritten ||= hostUnwritten;
      unwritable(this.#folder, error);
    }
  }

  async #writeHost(): Promise<void> {
    const content = {
      ...(this.#owner && { host: this.#owner }),
      term: this.#term,
      asleep: [...this.#asleep],
    };
    await writeWhole(join(this.#folder, hostFileName), formatChecked(content));
    await syncFolder(this.#folder);
  }

  async #writeUnit(id: UnitId): Promise<void> {
    const path = join(this.#folder, "units", unitFileName(id));
    const stored = this.#units.get(id);
    if (stored) await writeWhole(path, formatChecked(stored));
    else await rm(path, { force: true });
  }

  async #load(): Promise<void> {
    await this.#removeUnfinished();
    await this.#loadHost();
    const unitsFolder = join(this.#folder, "units");
    await inParallel(await readdir(unitsFolder), filesAtOnce, (name) => this.#loadUnit(name));
    this.#blobs = await BlobFolder.open(join(this.#folder, "blobs"), {
      tornFolder: join(this.#folder, "torn"),
      torn: (file, reason) => this.#noteTorn(file, reason),
    });
    await this.collect();
  }

  async #removeUnfinished(): Promise<void> {
    for (const part of ["", "units", "blobs"]) {
      for (const name of await readdir(join(this.#folder, part))) {
        if (name.endsWith(unfinishedSuffix)) await rm(join(this.#folder, part, name), { recursive: true });
      }
    }
  }

  async #loadHost(): Promise<void> {
    const path = join(this.#folder, hostFileName);
    let reading: Reading;
    try {
      reading = await readChecked(path, { bytesMax: hostFileBytesMax });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    const content = reading.kind === "content" ? readHostContent(reading.value) : undefined;
    if (!content) {
      await this.#setAside(path, reading.kind === "torn" ? reading.reason : "it holds no state of a host");
      return;
    }
    this.#owner = content.host;
    this.#term = content.term;
    for (const host of content.asleep) this.#asleep.add(host);
  }

  async #loadUnit(name: string): Promise<void> {
    const path = join(this.#folder, "units", name);
    // What is unreadable (a folder, say) is set aside as well: nothing that lies there may keep the daemon down.
    const reading = await readChecked(path, { bytesMax: unitFileBytesMax }).catch(
      (error: Error): Reading => ({ kind: "torn", reason: error.message }),
    );
    const stored = reading.kind === "content" ? readStoredUnit(reading.value, name) : reading.reason;
    if (typeof stored === "string") await this.#setAside(path, stored);
    else this.#units.set(stored.unit.id, stored);
  }

  async #setAside(path: string, reason: string): Promise<void> {
    await setAside(path, join(this.#folder, "torn"));
    this.#noteTorn(path, reason);
  }

  #noteTorn(file: string, reason: string): void {
    if (this.problems.length < problemsMax) this.problems.push(problem("store.torn", { file, reason }));
  }
}

interface HostContent {
  /** Absent in folders of daemons that did not write it yet. */
  host?: HostId;
  term: number;
  asleep: HostId[];
}

function readHostContent(value: unknown): HostContent | undefined {
  const { host, term, asleep } = (value ?? {}) as Record<string, unknown>;
  if (host !== undefined && typeof host !== "string") return undefined;
  if (!Number.isSafeInteger(term) || !Array.isArray(asleep)) return undefined;
  if (!asleep.every((each) => typeof each === "string")) return undefined;
  return { ...(host !== undefined && { host }), term: term as number, asleep };
}

function unwritable(folder: string, error: unknown): never {
  return fail("store.unwritable", { folder, reason: (error as Error).message }, { cause: error });
}
