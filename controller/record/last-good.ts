import { type Problem, problem } from "../../schemas/mod.ts";
import { type FileVersions, newlyUncertain, uncertainFiles } from "./uncertain-files.ts";

/** "Kind/namespace/name". */
type ObjectRef = string;

/** A version of an object, as far as holding it back needs to know it. */
export interface Version {
  /** Two versions that are equal here are one. */
  version: string;
  /** The file it was read from. */
  file: string;
}

/** What is kept of one object from one revision to the next, and from one controller to the next. */
export interface Kept<V extends Version> {
  inForce: V;
  /** Files that its newest declaration is in, or may be in. */
  mayBeIn: string[];
  /** The revision since which something newer, or something unreadable, is held back. */
  heldSince?: string;
}

/** What is in force, and what must be remembered to tell a broken object from a removed one. */
export interface LastGood<V extends Version> {
  revision: string;
  objects: ReadonlyMap<ObjectRef, Kept<V>>;
  /** Files that may declare objects nobody can tell the names of, with their versions. */
  uncertain: FileVersions;
}

export interface Declared<V extends Version> {
  ref: ObjectRef;
  version: V;
}

/** What one revision declares. */
export interface Reading<V extends Version> {
  revision: string;
  /** Every object that is valid by itself; one declared twice is there twice. */
  declared: readonly Declared<V>[];
  /** What is wrong with files and with objects by themselves. */
  problems: readonly Problem[];
  files: ReadonlyMap<string, { version: string }>;
}

/**
 * What is wrong between objects, each problem with its `object`. `broken` are the refs of objects that are meant to be
 * there and are not.
 */
export type CheckObjects<V extends Version> = (
  objects: readonly Declared<V>[],
  broken: ReadonlySet<ObjectRef>,
) => Promise<readonly Problem[]>;

export interface HeldObject {
  ref: ObjectRef;
  /** Why; the first of them where there are several. */
  problem: Problem;
  sinceRevision: string;
}

export interface Decision<V extends Version> {
  inForce: ReadonlyMap<ObjectRef, V>;
  held: HeldObject[];
  /** All that is wrong at this revision; what holds an object back names it. */
  problems: Problem[];
  next: LastGood<V>;
}

/** An object brought down may bring down those that need its newest version, and so on; after that, all change waits. */
const roundsMax = 16;

export const nothingYet: LastGood<never> = { revision: "", objects: new Map(), uncertain: {} };

/**
 * Decides what is in force after a revision: of every object its newest version if that is good together with all that
 * is in force, otherwise the version before. An object that no file mentions any more goes; one that may be in a file
 * that cannot be read stays. Changes nothing and depends on nothing but its arguments.
 */
export async function lastGood<V extends Version>(
  before: LastGood<V>,
  reading: Reading<V>,
  check: CheckObjects<V>,
): Promise<Decision<V>> {
  const choice = new Choice(before, reading);
  for (let round = 0; ; round++) {
    const problems = await check(choice.mixture(), choice.broken);
    const faults = byObject(problems.filter(({ object }) => object !== undefined && choice.isNewest(object)));
    if (faults.size === 0) break;
    for (const [ref, found] of faults) choice.holdBack(ref, found);
    if (round === roundsMax) choice.holdAllChanges();
  }
  return choice.decision();
}

/** The version chosen for each object, while it is being chosen. */
class Choice<V extends Version> {
  readonly broken = new Set<ObjectRef>();
  readonly #before: LastGood<V>;
  readonly #reading: Reading<V>;
  readonly #uncertain: FileVersions;
  readonly #newest = new Map<ObjectRef, V[]>();
  readonly #held = new Map<ObjectRef, { problems: Problem[]; mayBeIn: string[] }>();
  readonly #problems: Set<Problem>;

  constructor(before: LastGood<V>, reading: Reading<V>) {
    this.#before = before;
    this.#reading = reading;
    this.#problems = new Set(reading.problems);
    for (const { ref, version } of reading.declared) {
      this.#newest.set(ref, [...(this.#newest.get(ref) ?? []), version]);
    }
    const known = (ref: ObjectRef): boolean => before.objects.has(ref) || this.#newest.has(ref);
    this.#uncertain = uncertainFiles(reading, known);
    for (const [ref, found] of byObject(reading.problems)) this.holdBack(ref, found);
    this.#holdWhatMayBeThere();
  }

  /** What would be in force, with every declaration of an object that has several. */
  mixture(): Declared<V>[] {
    const all: Declared<V>[] = [];
    for (const [ref, versions] of this.#newest) for (const version of versions) all.push({ ref, version });
    for (const ref of this.#held.keys()) all.push({ ref, version: this.#before.objects.get(ref)!.inForce });
    return all;
  }

  isNewest(ref: ObjectRef): boolean {
    return this.#newest.has(ref);
  }

  /** Takes the version before instead of the newest, or none where there was none. */
  holdBack(ref: ObjectRef, problems: Problem[]): void {
    const declaredIn = (this.#newest.get(ref) ?? []).map(({ file }) => file);
    const found = problems.flatMap(({ position }) => position?.file ?? []);
    this.#newest.delete(ref);
    for (const one of problems) this.#problems.add(one);
    if (this.#before.objects.has(ref))
      this.#held.set(ref, { problems, mayBeIn: unique([...declaredIn, ...found]) });
    else this.broken.add(ref);
  }

  holdAllChanges(): void {
    for (const [ref, versions] of this.#newest) {
      if (versions[0]!.version === this.#before.objects.get(ref)?.inForce.version) continue;
      this.holdBack(ref, [problem("record.undecided", { object: ref, rounds: roundsMax }, { object: ref })]);
    }
  }

  decision(): Decision<V> {
    const objects = new Map<ObjectRef, Kept<V>>();
    const held: HeldObject[] = [];
    for (const [ref, versions] of this.#newest) {
      objects.set(ref, this.#keep(ref, versions[0]!));
    }
    const { revision } = this.#reading;
    for (const [ref, { problems, mayBeIn }] of this.#held) {
      const { inForce, heldSince = revision } = this.#before.objects.get(ref)!;
      objects.set(ref, { inForce, mayBeIn, heldSince });
      held.push({ ref, problem: problems[0]!, sinceRevision: heldSince });
    }
    return {
      inForce: new Map([...objects].map(([ref, kept]) => [ref, kept.inForce])),
      held,
      problems: [...this.#problems],
      next: { revision, objects, uncertain: this.#uncertain },
    };
  }

  /** What is kept of an object that did not change is the same as before, so that comparing costs nothing. */
  #keep(ref: ObjectRef, inForce: V): Kept<V> {
    const before = this.#before.objects.get(ref);
    const isSame = before?.inForce === inForce && before.heldSince === undefined;
    return isSame && before.mayBeIn.length === 1 ? before : { inForce, mayBeIn: [inForce.file] };
  }

  /** Objects that are declared nowhere, and may be in a file of which not everything can be told. */
  #holdWhatMayBeThere(): void {
    const fresh = newlyUncertain(this.#before.uncertain, this.#uncertain);
    for (const [ref, { mayBeIn }] of this.#before.objects) {
      if (this.#newest.has(ref) || this.#held.has(ref)) continue;
      const files = unique([...mayBeIn.filter((file) => file in this.#uncertain), ...fresh]);
      if (files.length === 0) continue;
      const causes = this.#reading.problems.filter(({ position }) => files.includes(position?.file ?? ""));
      const cause = { ...causes[0]!, object: ref };
      this.#held.set(ref, { problems: [cause], mayBeIn: files });
      this.#problems.add(cause);
    }
  }
}

function byObject(problems: readonly Problem[]): Map<ObjectRef, Problem[]> {
  const found = new Map<ObjectRef, Problem[]>();
  for (const each of problems) {
    if (each.object === undefined) continue;
    const present = found.get(each.object);
    if (present) present.push(each);
    else found.set(each.object, [each]);
  }
  return found;
}

function unique(values: string[]): string[] {
  return [...new Set(values)].sort();
}
