import { randomUUID } from "node:crypto";
import {
  type Bus,
  type Command,
  type CommandBatch,
  type CommandOutcome,
  type CommandReply,
  codecs,
  limits,
  subjects,
} from "../bus/mod.ts";
import { type HostId, type Problem, problem, problemOf, type UnitId } from "../schemas/mod.ts";
import type { BlobSender } from "./blobs.ts";
import { type PlannedCommand, unitOf } from "./diff.ts";
import type { ReportMark } from "./host.ts";
import type { BatchOutcome } from "./reply.ts";
import type { InstanceKeys } from "./security/instance-keys.ts";

/** What each command of a batch adds to its deadline: a batch of many may rightly take longer. */
const commandShareMs = 100;

export interface ActContext {
  bus: Bus;
  blobs: BlobSender;
  instances: InstanceKeys;
  term: number;
  timeoutMs: number;
  signal: AbortSignal;
}

/** A daemon has seen a newer term: whoever sent with an older one does not lead any more. */
export class OvertakenError extends Error {
  readonly term: number;
  constructor(term: number) {
    super(`another controller leads, with term ${term}`);
    this.term = term;
  }
}

/**
 * The only place that speaks to daemons. Puts the blobs that the commands need, then sends the commands to their host in
 * order, in as many batches as the bus and the daemon need, each only after the one before was answered. No commands at
 * all ask for a report. Rejects with `OvertakenError`, or when the signal aborts; all else that can go wrong is an outcome.
 */
export async function act(
  host: HostId,
  commands: readonly PlannedCommand[],
  context: ActContext,
): Promise<BatchOutcome> {
  const outcomes = new Map<string, CommandOutcome>();
  const run = randomUUID();
  const numbered = commands.map((command, at) => ({
    id: `${run}.${at}`,
    ...enclose(host, command, context),
  }));
  const asked: Command[] = commands.length > 0 ? numbered : [{ id: run, verb: "report" }];
  let shown: ReportMark | undefined;
  try {
    const blocked = await putBlobs(commands, context);
    for (const command of numbered) {
      const found = blocked.get(unitOf(command));
      if (found) outcomes.set(command.id, { kind: "nack", problem: found });
    }
    for (const batch of intoBatches(asked, outcomes, host, context)) {
      const reply = await send(batch, context);
      shown = { boot: reply.boot, sequence: reply.sequence };
      for (const { id, outcome } of reply.results) outcomes.set(id, outcome);
    }
  } catch (error) {
    if (error instanceof OvertakenError || context.signal.aborted) throw error;
    return { kind: "unanswered", problem: problemOf(error) };
  }
  const inOrder = numbered.map(({ id }, at) => outcomes.get(id) ?? unanswered(host, commands[at]!));
  return { kind: "answered", outcomes: inOrder, ...(shown && { shown }) };
}

/** Private artifacts go with the command that needs them, and nowhere else. */
function enclose(host: HostId, command: PlannedCommand, { instances }: ActContext): PlannedCommand {
  if (command.verb !== "install") return command;
  const enclosed = instances.enclosed(host, command.unit);
  return enclosed ? { ...command, enclosed } : command;
}

/** Resolves to what keeps units from being installed: their artifacts cannot be had. */
async function putBlobs(
  commands: readonly PlannedCommand[],
  { blobs, signal }: ActContext,
): Promise<Map<UnitId, Problem>> {
  const blocked = new Map<UnitId, Problem>();
  for (const command of commands) {
    if (command.verb !== "install") continue;
    for (const artifact of command.unit.artifacts) {
      if (artifact.private) continue;
      try {
        await blobs.ensure(artifact.digest);
      } catch (error) {
        signal.throwIfAborted();
        blocked.set(command.unit.id, problemOf(error));
      }
    }
  }
  return blocked;
}

/** Splits what has no outcome yet by the limits on commands and bytes; what is too large for any batch is refused. */
function* intoBatches(
  commands: readonly Command[],
  outcomes: Map<string, CommandOutcome>,
  host: HostId,
  { bus, term }: ActContext,
): Generator<CommandBatch> {
  const envelopeBytes = 200 + host.length;
  let batch: Command[] = [];
  let bytes = envelopeBytes;
  for (const command of commands) {
    if (outcomes.has(command.id)) continue;
    const size = Buffer.byteLength(JSON.stringify(command)) + 1;
    if (envelopeBytes + size > bus.payloadBytesMax) {
      const found = problem("bus.payload-too-large", {
        subject: subjects.command(host),
        bytes: envelopeBytes + size,
        bytesMax: bus.payloadBytesMax,
      });
      outcomes.set(command.id, { kind: "nack", problem: found });
      continue;
    }
    if (batch.length === limits.commandsPerBatchMax || bytes + size > bus.payloadBytesMax) {
      yield { host, term, commands: batch };
      batch = [];
      bytes = envelopeBytes;
    }
    batch.push(command);
    bytes += size;
  }
  if (batch.length > 0) yield { host, term, commands: batch };
}

async function send(
  batch: CommandBatch,
  { bus, term, timeoutMs, signal }: ActContext,
): Promise<CommandReply> {
  const subject = subjects.command(batch.host);
  const request = codecs.commandBatch.encode(batch);
  const deadline = { timeoutMs: timeoutMs + batch.commands.length * commandShareMs, signal };
  const payload = await bus.request(subject, request, deadline);
  const reply = codecs.commandReply.decode(payload, subject);
  if (reply.term > term) throw new OvertakenError(reply.term);
  return reply;
}

function unanswered(host: HostId, command: PlannedCommand): CommandOutcome {
  const found = problem("command.unanswered", { host, verb: command.verb, unit: unitOf(command) });
  return { kind: "nack", problem: found };
}
