import { createHash } from "node:crypto";
import { type Digest, fail, type MeaningContext, type Snapshot } from "../schemas/mod.ts";
import type { ProgramReference } from "./compile/placement.ts";
import { programKey } from "./compile/programs.ts";
import type { Program } from "./objects.ts";

/** The modules and plug-ins that netloom ships, handed in by whoever starts the controller. */
export interface StandardModules {
  names: readonly string[];
  read(name: string): Promise<Uint8Array | undefined>;
  /** Judges a module before it goes anywhere. */
  inspect?: NonNullable<MeaningContext["inspectModule"]>;
}

type Read = () => Promise<Uint8Array | undefined>;

/** Knows the digest of every program that a snapshot's objects name, and where its content is. */
export class ProgramStore {
  readonly #modules: StandardModules;
  #programs = new Map<string, Program>();
  #used = new Map<string, Program>();
  readonly #contents = new Map<Digest, Read>();

  constructor(modules: StandardModules) {
    this.#modules = modules;
  }

  /** A file of the same version is not read again. Rejects with `program.missing`. */
  async find(reference: ProgramReference, { files }: Snapshot): Promise<Program> {
    const file = "file" in reference ? files.get(reference.file.replace(/^(?:\.\/)+/, "")) : undefined;
    const read: Read =
      "file" in reference ? async () => file?.read() : () => this.#modules.read(reference.standard);
    const key = `${programKey(reference)} ${file?.version}`;
    const program = this.#programs.get(key) ?? (await measure(reference, read));
    this.#used.set(key, program);
    this.#contents.set(program.digest, read);
    return program;
  }

  /** Forgets the contents of all other programs. */
  keepOnly(digests: ReadonlySet<Digest>): void {
    for (const digest of this.#contents.keys()) if (!digests.has(digest)) this.#contents.delete(digest);
  }

  /** Forgets what was not asked for since the last call. Contents are kept: older objects may be in force. */
  endSnapshot(): void {
    this.#programs = this.#used;
    this.#used = new Map();
  }

  /** Rejects with `artifact.missing`. */
  async read(digest: Digest): Promise<Uint8Array> {
    return (await this.#contents.get(digest)?.()) ?? fail("artifact.missing", { digest });
  }
}

async function measure(reference: ProgramReference, read: Read): Promise<Program> {
  const content = (await read()) ?? fail("program.missing", { program: programKey(reference) });
  return { digest: createHash("sha256").update(content).digest("hex"), bytes: content.byteLength };
}
