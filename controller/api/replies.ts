import type {
  Artifact,
  Digest,
  HostId,
  NetloomObject,
  Problem,
  UnitId,
  UnitState,
} from "../../schemas/mod.ts";
import type { FleetEvent } from "../events.ts";
import type { HostPlan } from "../plan.ts";
import type { MoveStep } from "../rotation/move-step.ts";
import type { Cause, Stage } from "../rotation/rotation-record.ts";
import type { SleeperItem } from "../sleepers.ts";
import type { ObjectStatus } from "../status/object-status.ts";
import type { SourceStatus } from "../status/source-status.ts";
import type { UnitStatus } from "../status/unit-status.ts";

/** GET /v1/status */
export interface ControllerSummary {
  version: string;
  /** The term it leads under; absent while another controller leads. */
  term?: number;
  source: SourceStatus;
  objects: { total: number; ready: number; stalled: number };
  hosts: { there: number; away: number };
}

/** Of GET /v1/objects: {items: ObjectItem[]}, in order of kind, namespace and name. */
export interface ObjectItem {
  kind: string;
  namespace: string;
  name: string;
  status: ObjectStatus;
}

/** GET /v1/objects/KIND/NAMESPACE/NAME */
export interface ObjectDetail extends ObjectItem {
  /** The version in force; absent while none was ever valid. */
  object?: NetloomObject;
  units: UnitDetail[];
  /** Of a Host that may sleep. */
  sleeper?: SleeperItem;
  events: FleetEvent[];
}

export interface UnitDetail {
  /** The host it is about. */
  host: HostId;
  /** The host whose daemon has it. */
  on: HostId;
  /** Absent for a Host's own daemon. */
  unit?: UnitId;
  state: UnitStatus["state"];
  problem?: Problem;
  /** Of a module that is challenged: how often it answered right since this controller asks, and when last (RFC 3339). */
  challenge?: { passed: number; lastPassed?: string };
  /** As its host has it; absent when it has none. */
  life?: UnitState;
  priority?: number;
  /** Deprecated and holding nothing any more: its object can be removed without harm. */
  idle?: boolean;
  counters?: Record<string, number>;
  /** Of a tap: what its open parameters were. */
  met?: Record<string, string[]>;
}

/** Of GET /v1/hosts: {items: HostItem[]}, in order of their names. */
export interface HostItem {
  host: HostId;
  there: boolean;
  /** Milliseconds since it was last heard of. */
  seenAgoMs?: number;
  boot?: string;
  kernel?: string;
  engines: { engine: string; available: boolean; reason?: string }[];
  units: { desired: number; observed: number; ready: number };
  /** What the last attempt failed for. */
  problem?: Problem;
  /** With ?units=true: what the daemon reported. */
  observed?: {
    id: UnitId;
    digest: string;
    priority: number;
    state: UnitState;
    engine: string;
    problem?: Problem;
  }[];
  /** With ?units=true: the private artifacts that its units ought to have. Their content is served nowhere. */
  instances?: { unit: UnitId; module: Digest; artifact: Artifact }[];
}

/**
 * Of GET /v1/customizations: {items: CustomizedEnd[]}, in order of their names: what a customization does on a host, since
 * its daemon began to count.
 */
export interface CustomizedEnd {
  namespace: string;
  name: string;
  end: "sender" | "receiver";
  host: HostId;
  life: UnitState;
  priority: number;
  /** Sockets that it is attached to now. */
  flows: number;
  /** That it was shown, and their bytes. */
  messages: number;
  bytes: number;
  customized: number;
  dropped: number;
  notMine: number;
  /** That it would have customized, had it been active. */
  tested: number;
  faults: number;
  /** RFC 3339. */
  lastActive?: string;
}

/** Of GET /v1/sleepers: {items: SleeperItem[]}, in order of their names. */
/** Of GET /v1/events: {items: FleetEvent[]}, oldest first. */
export type { FleetEvent, SleeperItem };

/** GET /v1/plan */
export interface PlanReply {
  /** Absent while nothing is sent at all, since nothing is known of what ought to be (`source.problems` say why). */
  revision?: string;
  hosts: HostPlan[];
}

/** GET and POST /v1/rotations/NAMESPACE/NAME. Times are RFC 3339. */
export interface RotationReply {
  namespace: string;
  name: string;
  through: string[];
  /** What every flow was last seen to be moved to. */
  current?: string;
  move?: {
    from?: string;
    to: string;
    cause: Cause;
    step: MoveStep;
    since: string;
    /** When the step is given up. */
    deadline?: string;
    held: boolean;
    /** Hosts that do not show the step yet. */
    waitingFor: HostId[];
  };
  /** Where each member is that is anywhere. */
  stages: Record<string, Stage["at"]>;
  next?: { at: string; to: string };
  /** Oldest first. */
  history: {
    from?: string;
    to: string;
    cause: Cause;
    started: string;
    ended: string;
    outcome: string;
    /** How long each step that was done took, in milliseconds. */
    tookMs?: Partial<Record<MoveStep, number>>;
    reason?: string;
  }[];
}

/** GET /v1/rotations/NAMESPACE/NAME/plan?to=MEMBER: the steps, in order; each begins when all hosts show the one before. */
export interface RotationPlanReply {
  from?: string;
  to: string;
  steps: { step: MoveStep | "retireSenders" | "retireReceivers"; what: string; hosts: HostId[] }[];
}

/** POST /v1/challenge/NAMESPACE/NAME and, with how many were let back, POST /v1/trust/NAMESPACE/NAME?host=NAMESPACE/NAME. */
export interface ChallengeReply {
  units: UnitDetail[];
  trusted?: number;
}

/** POST /v1/reconcile: what the source has now is taken in; what follows of it can be watched. */
export interface ReconcileReply {
  source: SourceStatus;
}

/** GET /v1/watch: one JSON value a line: everything there is, then `synced`, then every change. */
export type WatchLine =
  | { kind: "object"; item: ObjectItem }
  | { kind: "objectGone"; object: string }
  | { kind: "source"; status: SourceStatus }
  | { kind: "event"; event: FleetEvent }
  | { kind: "synced" };

/** The body of every answer of 400 and above. */
export interface ErrorReply {
  error: string;
}
