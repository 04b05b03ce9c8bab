import { decodeJson, encodeJson, shape } from "../../bus/mod.ts";
import { ProblemError } from "../../schemas/mod.ts";
import {
  historyMax,
  type Move,
  type PastMove,
  type RotationRecord,
  type Stage,
  type StepTimes,
} from "./rotation-record.ts";

/** An entry of the bucket. */
export interface RotationEntry {
  /** Of who wrote it. */
  term: number;
  /** Absent: what was decided could not be read, and was set aside. */
  record?: RotationRecord;
}

const bytesMax = 1024 * 1024;
const membersMax = 64;
const reasonCharactersMax = 10_000;

const member = shape.text(253);
const time = shape.finite;
const cause = shape.oneOf("first", "commit", "schedule", "manual", "revert");
const took = shape.optional(time);
const beginning = {
  from: shape.optional(member),
  to: member,
  cause,
  startedMs: time,
  tookMs: shape.optional(
    shape.object<StepTimes>({
      deployReceivers: took,
      deploySenders: took,
      preferReceivers: took,
      preferSenders: took,
    }),
  ),
};

const stage = shape.union<Stage>("at", {
  found: shape.object<{ at: "found" }>({ at: shape.oneOf("found") }),
  arriving: shape.object<{ at: "arriving" }>({ at: shape.oneOf("arriving") }),
  both: shape.object<{ at: "both" }>({ at: shape.oneOf("both") }),
  leavingSenders: shape.object<{ at: "leavingSenders" }>({ at: shape.oneOf("leavingSenders") }),
  late: shape.object<{ at: "late"; sinceMs?: number }>({
    at: shape.oneOf("late"),
    sinceMs: shape.optional(time),
  }),
  leavingReceivers: shape.object<{ at: "leavingReceivers" }>({ at: shape.oneOf("leavingReceivers") }),
});

const isTrue: shape.Shape<true> = (value) => {
  if (value !== true) throw new shape.ShapeError("is not true");
  return true;
};

const record = shape.object<RotationRecord>({
  current: shape.optional(member),
  front: shape.object<RotationRecord["front"]>({
    sender: shape.optional(member),
    receiver: shape.optional(member),
  }),
  stages: shape.table(stage, { membersMax, name: /^[a-z0-9.-]{1,253}$/ }),
  move: shape.optional(shape.object<Move>({ ...beginning, stepMs: time, isHeld: shape.optional(isTrue) })),
  next: shape.optional(shape.object({ atMs: time, to: member, by: shape.text(reasonCharactersMax) })),
  asked: shape.optional(member),
  history: shape.list(
    shape.object<PastMove>({
      ...beginning,
      endedMs: time,
      outcome: shape.oneOf("done", "failed", "superseded"),
      reason: shape.optional(shape.text(reasonCharactersMax)),
    }),
    historyMax,
  ),
});

const entry = shape.object<RotationEntry>({ term: shape.integer(0), record: shape.optional(record) });

export function encodeRotation(value: RotationEntry): Uint8Array {
  return encodeJson(value);
}

/** Reads what `encodeRotation` wrote; tells what is wrong with what anybody else did. */
export function decodeRotation(bytes: Uint8Array, key: string): RotationEntry | string {
  try {
    return decodeJson(bytes, entry, { subject: key, bytesMax });
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === "bus.malformed") {
      return String(error.problem.data.reason);
    }
    throw error;
  }
}
