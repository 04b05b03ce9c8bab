import {
  checkMeaning,
  type Digest,
  type InspectionCache,
  isRetryable,
  type ParseCache,
  ParsedObject,
  parseRepository,
  problemOf,
  type Snapshot,
} from "../schemas/mod.ts";
import type { ProgramReference } from "./compile/placement.ts";
import { programKey, programsOf } from "./compile/programs.ts";
import type { DesiredObjects, ObjectInForce, Program } from "./objects.ts";
import { ProgramStore, type StandardModules } from "./program-store.ts";
import { type Declared, type LastGood, lastGood, nothingYet } from "./record/last-good.ts";

/**
 * From snapshots to the objects in force: read, checked together, and what is not good held at the version before
 * (`record/last-good.ts`). What was read counts once it is accepted.
 */
export class Intake {
  readonly programs: ProgramStore;
  readonly #modules: StandardModules;
  readonly #parsed: ParseCache = new Map();
  readonly #inspections: InspectionCache = new Map();
  /** What the parser or an earlier record gave for each version in force. */
  readonly #sources = new WeakMap<ObjectInForce, ParsedObject>();
  readonly #references = new WeakMap<ParsedObject, ProgramReference[]>();
  #record: LastGood<ObjectInForce> = nothingYet;
  #read: { desired: DesiredObjects; next: LastGood<ObjectInForce> } | undefined;

  constructor(modules: StandardModules) {
    this.#modules = modules;
    this.programs = new ProgramStore(modules);
  }

  get record(): LastGood<ObjectInForce> {
    return this.#record;
  }

  /** Goes on from what another controller, or an earlier run of this one, had in force; resolves to that. */
  takeUp(record: LastGood<ObjectInForce>): DesiredObjects {
    this.#record = record;
    const objects = new Map([...record.objects].map(([ref, { inForce }]) => [ref, inForce]));
    return { revision: record.revision, objects, problems: [] };
  }

  /** Rejects when a file of the snapshot cannot be read now; nothing has changed until the result is accepted. */
  async read(snapshot: Snapshot): Promise<DesiredObjects> {
    const { objects, problems } = await parseRepository(snapshot, { cache: this.#parsed });
    const declared: Declared<ObjectInForce>[] = [];
    for (const parsed of objects) {
      declared.push({ ref: parsed.ref, version: await this.#versionOf(parsed, snapshot) });
    }
    this.programs.endSnapshot();
    const { revision, files } = snapshot;
    const { inspect } = this.#modules;
    const decision = await lastGood(this.#record, { revision, declared, problems, files }, (all, broken) =>
      checkMeaning(
        all.map(({ version }) => this.#sourceOf(version)),
        {
          files,
          standardModule: (name) => this.#modules.read(name),
          standardModules: this.#modules.names,
          ...(inspect && { inspectModule: inspect }),
          inspections: this.#inspections,
          broken,
        },
      ),
    );
    const desired = { revision, objects: decision.inForce, problems: decision.problems };
    this.#read = { desired, next: decision.next };
    return desired;
  }

  /** What `read` gave last is in force from now on. */
  accept(desired: DesiredObjects): void {
    if (this.#read?.desired !== desired) return;
    this.#record = this.#read.next;
    this.programs.keepOnly(programsIn(desired));
  }

  /** A program that cannot be had leaves a gap, which `checkMeaning` tells of. */
  async #versionOf(parsed: ParsedObject, snapshot: Snapshot): Promise<ObjectInForce> {
    const { object, ref, file } = parsed;
    const programs = new Map<string, Program>();
    const digests: string[] = [];
    for (const reference of this.#referencesOf(parsed)) {
      const program = await this.programs.find(reference, snapshot).catch((error: unknown) => {
        const found = problemOf(error);
        if (isRetryable(found) || found.code === "internal") throw error;
        return undefined;
      });
      if (program) programs.set(programKey(reference), program);
      digests.push(program?.digest ?? "missing");
    }
    const version = [parsed.version, ...digests].join(" ");
    const before = this.#record.objects.get(ref)?.inForce;
    // Another parsed object of the same content may stand on other lines.
    if (before?.version === version && this.#sources.get(before) === parsed) return before;
    const revision = before?.version === version ? before.revision : snapshot.revision;
    const inForce: ObjectInForce = { object, version, revision, programs, file };
    this.#sources.set(inForce, parsed);
    return inForce;
  }

  #referencesOf(parsed: ParsedObject): ProgramReference[] {
    const known = this.#references.get(parsed) ?? programsOf(parsed.object);
    this.#references.set(parsed, known);
    return known;
  }

  #sourceOf(inForce: ObjectInForce): ParsedObject {
    const known =
      this.#sources.get(inForce) ??
      new ParsedObject(inForce.object, inForce.file, { text: "", linesBefore: 0 });
    this.#sources.set(inForce, known);
    return known;
  }
}

function programsIn({ objects }: DesiredObjects): Set<Digest> {
  const digests = new Set<Digest>();
  for (const { programs } of objects.values())
    for (const { digest } of programs.values()) digests.add(digest);
  return digests;
}
