import type { Artifact, DesiredUnit, Host, HostId, LabelSelector } from "../../schemas/mod.ts";
import type { InstanceOf } from "../security/instance.ts";

/** One unit on one host. */
export interface Placement {
  /** The host whose daemon has it. */
  on: HostId;
  /** The host it is about: another one where a proxy stands in for it. */
  of: HostId;
  desired: DesiredUnit;
}

/** A program as an object names it: a file of the source, or one that netloom ships. */
export type ProgramReference = { file: string } | { standard: string };

/** What a kind's compiler may ask for. What it asked is remembered, so that it is asked again only when the answer changes. */
export interface CompileContext {
  /** The Hosts that the selector selects in the object's namespace, in order of their names. */
  select(selector: LabelSelector): readonly Host[];
  artifact(name: string, reference: ProgramReference): Artifact;
  /** The private artifact by which the module of one unit on one host is challenged. */
  instance(of: InstanceOf): Artifact;
}

/** Turns an object of one kind into units; pure. */
export type KindCompiler<O> = (object: O, context: CompileContext) => Placement[];
