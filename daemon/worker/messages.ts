import type { MessagePort } from "node:worker_threads";
import type { Digest, HostId, ObservedUnit, Problem, UnitId, UnitState } from "../../schemas/mod.ts";
import type { LoadedUnit } from "../engine.ts";

/** What a worker is started with, as its `workerData`. */
export interface WorkerStart {
  control: MessagePort;
  shared: SharedArrayBuffer;
  /** Eventfd among the descriptors that the loop polls: rung when there is a message. */
  wakeFd: number;
  /** What the engine's main side gives its worker side. */
  data: unknown;
}

/** What the main thread asks; each is answered by one reply. */
export type Request =
  /** `seen`: what an earlier thread had told of it last, to count on from. */
  | { verb: "install"; loaded: LoadedUnit; ordinal: number; seen?: ObservedUnit }
  | { verb: "setState"; unit: UnitId; state: UnitState }
  | { verb: "setPriority"; unit: UnitId; priority: number }
  | { verb: "revoke"; unit: UnitId }
  | { verb: "challenge"; unit: UnitId; nonce: string }
  | { verb: "power"; host: HostId; state: "asleep" | "awake" }
  | { verb: "observe" }
  | { verb: "stop" };

export type ToWorker =
  | { kind: "request"; id: number; request: Request }
  | { kind: "secret"; answer: { content: Uint8Array } | { problem: Problem } };

/** What a unit looks like in the worker; `seen` is absent when it is not there. */
export interface Sight {
  id: UnitId;
  seen?: ObservedUnit;
}

export type FromWorker =
  | { kind: "ready" }
  /** The loop cannot start or go on; the worker ends itself. */
  | { kind: "failed"; problem: Problem }
  | { kind: "reply"; id: number; problem?: Problem; answer: string; sights: Sight[] }
  | { kind: "changed"; sights: Sight[] }
  | { kind: "powered"; host: HostId; state: "asleep" | "awake" }
  /** Answered by a secret, both. */
  | { kind: "secret"; name: string }
  | { kind: "artifact"; digest: Digest }
  | {
      kind: "log";
      level: "debug" | "info" | "warn" | "error";
      fields: Record<string, unknown>;
      text: string;
    };
