import {
  checkMeaning,
  type ParseCache,
  type ParsedObject,
  type Problem,
  parseRepository,
  problemOf,
  type Snapshot,
} from "../schemas/mod.ts";
import { programKey, programsOf } from "./compile/programs.ts";
import type { DesiredObjects, ObjectInForce, ObjectRef, Program } from "./objects.ts";
import { ProgramStore, type StandardModules } from "./program-store.ts";

/**
 * From snapshots to the objects in force. An object whose newest version is invalid stays in force as it was; a problem
 * that names no object (a file that is no YAML) holds back every object that was last read from that file.
 */
export class Intake {
  readonly programs: ProgramStore;
  readonly #modules: StandardModules;
  readonly #parsed: ParseCache = new Map();
  #inForce: ReadonlyMap<ObjectRef, ObjectInForce> = new Map();

  constructor(modules: StandardModules) {
    this.#modules = modules;
    this.programs = new ProgramStore(modules);
  }

  /** Rejects when a file of the snapshot cannot be read; then nothing has changed. */
  async read(snapshot: Snapshot): Promise<DesiredObjects> {
    const { objects, problems: ofShape } = await parseRepository(snapshot, { cache: this.#parsed });
    const ofMeaning = await checkMeaning(objects, {
      files: snapshot.files,
      standardModule: (name) => this.#modules.read(name),
      standardModules: this.#modules.names,
    });
    const problems = [...ofShape, ...ofMeaning];
    const faulty = new Set(problems.map(({ object }) => object));
    const good = await this.#withPrograms(
      objects.filter(({ ref }) => !faulty.has(ref)),
      snapshot,
      problems,
    );
    this.#inForce = keepLastGood(this.#inForce, good, problems);
    return { revision: snapshot.revision, objects: this.#inForce, problems };
  }

  async #withPrograms(
    objects: readonly ParsedObject[],
    snapshot: Snapshot,
    problems: Problem[],
  ): Promise<Map<ObjectRef, ObjectInForce>> {
    const good = new Map<ObjectRef, ObjectInForce>();
    for (const parsed of objects) {
      try {
        good.set(parsed.ref, await this.#bringIntoForce(parsed, snapshot));
      } catch (error) {
        problems.push({ ...problemOf(error), object: parsed.ref });
      }
    }
    this.programs.endSnapshot();
    return good;
  }

  async #bringIntoForce(
    { object, ref, version, file }: ParsedObject,
    snapshot: Snapshot,
  ): Promise<ObjectInForce> {
    const programs = new Map<string, Program>();
    for (const reference of programsOf(object)) {
      programs.set(programKey(reference), await this.programs.find(reference, snapshot));
    }
    const whole = [version, ...[...programs.values()].map(({ digest }) => digest)].join(" ");
    const before = this.#inForce.get(ref);
    if (before?.version === whole) return { ...before, file };
    return { object, version: whole, revision: snapshot.revision, programs, file };
  }
}

/** Those that are good, and of those that were in force, the ones that problems hold back. */
export function keepLastGood(
  before: ReadonlyMap<ObjectRef, ObjectInForce>,
  good: ReadonlyMap<ObjectRef, ObjectInForce>,
  problems: readonly Problem[],
): Map<ObjectRef, ObjectInForce> {
  const faulty = new Set(problems.map(({ object }) => object));
  const unreadable = new Set(problems.map(({ object, position }) => (object ? undefined : position?.file)));
  const kept = new Map(good);
  for (const [ref, inForce] of before) {
    if (!good.has(ref) && (faulty.has(ref) || unreadable.has(inForce.file))) kept.set(ref, inForce);
  }
  return kept;
}
