import type { Problem } from "../../schemas/mod.ts";
import { type Condition, conditionsOf, type Judgement } from "./conditions.ts";

/** What is seen of the source as a whole. */
export interface SourceStatus {
  location: string;
  /** The newest revision in force; absent until one was read. */
  revision?: string;
  conditions: Condition[];
  problems: Problem[];
}

export interface SourceFacts {
  location: string;
  revision: string | undefined;
  /** What is wrong with the source itself. */
  problems: readonly Problem[];
  /** How many objects are not as the newest revision has them, since that is invalid. */
  invalidObjects: number;
}

/** Ready when the newest revision was read and all its objects are valid. */
export function sourceStatusOf(facts: SourceFacts, before: SourceStatus | undefined): SourceStatus {
  const { location, revision, problems } = facts;
  const conditions = conditionsOf(judge(facts), {
    revision: revision ?? "",
    now: new Date().toISOString(),
    before: before?.conditions ?? [],
  });
  return { location, ...(revision !== undefined && { revision }), conditions, problems: [...problems] };
}

function judge({ problems, revision, invalidObjects }: SourceFacts): Judgement {
  const no = { status: "False", reason: "No", message: "" } as const;
  const [worst] = problems;
  if (worst) {
    const said = { reason: "Unreadable", message: worst.message };
    return { ready: { status: "False", ...said }, reconciling: no, stalled: { status: "True", ...said } };
  }
  if (revision === undefined) {
    const said = { reason: "Reading", message: "reading for the first time" };
    return { ready: { status: "Unknown", ...said }, reconciling: { status: "True", ...said }, stalled: no };
  }
  if (invalidObjects > 0) {
    const message = `${invalidObjects} objects are invalid; their last valid versions stay in force`;
    const said = { reason: "Invalid", message };
    return { ready: { status: "False", ...said }, reconciling: no, stalled: { status: "True", ...said } };
  }
  return {
    ready: { status: "True", reason: "Read", message: `revision ${revision}` },
    reconciling: no,
    stalled: no,
  };
}
