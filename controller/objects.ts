import type { Digest, NetloomObject, Problem } from "../schemas/mod.ts";

/** "Kind/namespace/name". */
export type ObjectRef = string;

/** A program of an object: a file of the source, or one that netloom ships. */
export interface Program {
  digest: Digest;
  bytes: number;
}

/** An object as it is to be carried out: its newest valid version. */
export interface ObjectInForce {
  object: NetloomObject;
  /** Two versions of an object that are equal here are the same object with the same programs. */
  version: string;
  /** The source's revision that brought this version. */
  revision: string;
  /** The file it was read from. */
  file: string;
  /** By reference: the path as the object names it, or "standard:NAME". */
  programs: ReadonlyMap<string, Program>;
}

/** Everything a source asks for, at one moment. */
export interface DesiredObjects {
  /** The newest revision that was read. */
  revision: string;
  objects: ReadonlyMap<ObjectRef, ObjectInForce>;
  /** What is wrong at that revision; those that name an object hold its newest version back. */
  problems: readonly Problem[];
}
