import assert from "node:assert";
import { createHash } from "node:crypto";
import type { Enclosed } from "../../bus/mod.ts";
import type { Artifact, HostId, Unit } from "../../schemas/mod.ts";
import { deriveInstance, type Instance, type InstanceOf, readInstance } from "./instance.ts";

/** What the artifact is called in its unit. */
export const instanceArtifact = "instance";
export const moduleArtifact = "module";

/** Ids and keys of all instances, derived whenever they are asked for. The master secret does not leave this class. */
export class InstanceKeys {
  readonly #master: Uint8Array;

  constructor(master: Uint8Array) {
    this.#master = master;
  }

  /** The private artifact that a unit gets. */
  artifact(of: InstanceOf): Artifact {
    const content = deriveInstance(this.#master, of);
    const digest = createHash("sha256").update(content).digest("hex");
    return { name: instanceArtifact, digest, bytes: content.length, private: true };
  }

  /** The instance of a unit on a host; undefined when the unit has none, or has one of another master secret. */
  of(host: HostId, unit: Unit): Instance | undefined {
    const content = this.#contentOf(host, unit);
    return content && readInstance(content);
  }

  /** What is enclosed when the unit is installed on the host. */
  enclosed(host: HostId, unit: Unit): Enclosed | undefined {
    const wanted = unit.artifacts.find((artifact) => artifact.private);
    if (!wanted) return undefined;
    const content = this.#contentOf(host, unit);
    assert(content, "a private artifact is an instance of the master secret in use");
    return { [wanted.digest]: Buffer.from(content).toString("base64") };
  }

  #contentOf(host: HostId, unit: Unit): Uint8Array | undefined {
    const module = unit.artifacts.find(({ name }) => name === moduleArtifact);
    const instance = unit.artifacts.find(({ name }) => name === instanceArtifact);
    if (!module || !instance) return undefined;
    const of = { host, unit: unit.id, module: module.digest };
    if (this.artifact(of).digest !== instance.digest) return undefined;
    return deriveInstance(this.#master, of);
  }
}
