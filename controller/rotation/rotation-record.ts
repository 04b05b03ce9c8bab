import type { MoveStep } from "./move-step.ts";

/** Name of a Customization. */
export type Member = string;

export const roles = ["sender", "receiver"] as const;
/** sender: its outgoing messages are customized; receiver: it has to read them. */
export type Role = (typeof roles)[number];

/**
 * Where a member has got to. Those that are nowhere have no stage.
 *
 *     nowhere -> arriving -> both -> leavingSenders -> late -> leavingReceivers -> nowhere
 *
 * A member turns back to `arriving` from any of them.
 */
export type Stage =
  /** Hosts may have had it before this rotation looked after it; what they have is left as it is. */
  | { at: "found" }
  /** Brought to every receiver; on senders what is there is left as it is. */
  | { at: "arriving" }
  /** On every host of both roles. */
  | { at: "both" }
  /** Every receiver reads it; taken off the senders. */
  | { at: "leavingSenders" }
  /** No sender has it, as was seen since `sinceMs`; receivers read what is still on its way. */
  | { at: "late"; sinceMs?: number }
  /** Taken off the receivers. */
  | { at: "leavingReceivers" };

/** Why a rotation began. */
export type Cause = "first" | "commit" | "schedule" | "manual" | "revert";

/** How long each step that is done took, in milliseconds. */
export type StepTimes = Partial<Record<MoveStep, number>>;

/** A rotation under way. Times are of the clock on the wall, in milliseconds since 1970. */
export interface Move {
  from?: Member;
  to: Member;
  cause: Cause;
  startedMs: number;
  /** When the step it is at began. */
  stepMs: number;
  tookMs?: StepTimes;
  /** Its deadline passed with `onFailure: hold`: nothing more is done until somebody decides. */
  isHeld?: true;
}

/** A rotation that ended, or the failure of one. */
export interface PastMove {
  from?: Member;
  to: Member;
  cause: Cause;
  startedMs: number;
  endedMs: number;
  outcome: "done" | "failed" | "superseded";
  tookMs?: StepTimes;
  /** Of a failure. */
  reason?: string;
}

/** All that is decided of one CustomizationRotation, and kept before any of it is done. */
export interface RotationRecord {
  /** What every flow was last seen to be moved to; absent until the first has arrived. */
  current?: Member;
  /** Which goes first on the hosts of each role. */
  front: Partial<Record<Role, Member>>;
  stages: Record<Member, Stage>;
  move?: Move;
  /** The scheduled rotation after this, with its successor already drawn. `by` is the schedule that it follows. */
  next?: { atMs: number; to: Member; by: string };
  /** The `current` of the spec that was last acted on. */
  asked?: Member;
  /** Oldest first; at most `historyMax`. */
  history: PastMove[];
}

export const historyMax = 20;

/** A rotation nobody has looked after yet: any of its members may be anywhere. */
export function newRecord(through: readonly Member[]): RotationRecord {
  return {
    front: {},
    stages: Object.fromEntries(through.map((member) => [member, { at: "found" }])),
    history: [],
  };
}
