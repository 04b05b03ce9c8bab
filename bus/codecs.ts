import {
  type Artifact,
  type Digest,
  type EngineCapability,
  engineNames,
  fail,
  type HostCapabilities,
  type HostId,
  isProblemCode,
  metValuesMax,
  type ObservedUnit,
  type Position,
  type Problem,
  problem,
  type SeenEnd,
  type SeenFlow,
  type Unit,
  type UnitId,
  type Wake,
  wakeProtocols,
  wakesKeptMax,
} from "../schemas/mod.ts";
import {
  type Command,
  type CommandBatch,
  type CommandOutcome,
  type CommandReply,
  type Enclosed,
  type Heartbeat,
  type HostReport,
  type InverseQuery,
  type InverseReply,
  limits,
  type PowerMessage,
  type PowerReply,
  type ReportReply,
} from "./messages.ts";
import * as is from "./shape.ts";
import { isHostId, speakerOf } from "./subjects.ts";
import { decodeJson, encodeJson } from "./wire.ts";

export interface Codec<T> {
  encode(value: T): Uint8Array;
  /** Throws `bus.malformed`; `subject` is where it came from: a host may speak of itself only. */
  decode(payload: Uint8Array, subject: string): T;
}

const anyHostId = is.text(127);
const hostId: is.Shape<HostId> = (value) => {
  const read = anyHostId(value);
  if (!isHostId(read)) throw new is.ShapeError("is no host id");
  return read;
};
const unitId: is.Shape<UnitId> = is.text(320, /^[A-Z][A-Za-z0-9]*(\/[A-Za-z0-9][-._A-Za-z0-9]*){2,4}$/);
const digest: is.Shape<Digest> = is.text(64, /^[0-9a-f]{64}$/);
const token = is.text(64, /^[-_A-Za-z0-9.:/]+$/);
const term = is.integer(0, limits.termMax);
const sequence = is.integer(0);
const priority = is.integer(-0x8000_0000, 0x7fff_ffff);

const position = is.object<Position>({
  file: is.prose(4096),
  line: is.integer(0),
  column: is.integer(0),
});

const sentProblem = is.object<Omit<Problem, "code"> & { code: string }>({
  code: is.text(64, /^[-.a-z0-9]+$/),
  message: is.prose(8192),
  data: is.tree({ depthMax: 8, valuesMax: 256 }) as is.Shape<Record<string, unknown>>,
  position: is.optional(position),
  object: is.optional(is.prose(320)),
  field: is.optional(is.prose(512)),
  suggestion: is.optional(is.prose(1024)),
});

const anyProblem: is.Shape<Problem> = (value) => {
  const { code, ...rest } = sentProblem(value);
  if (isProblemCode(code)) return { ...rest, code };
  return problem("bus.foreign-problem", { foreignCode: code, foreignMessage: rest.message }, rest);
};

const artifact = is.object<Artifact>({
  name: is.text(64, /^[-_.A-Za-z0-9]+$/),
  digest,
  bytes: is.integer(0),
  private: is.optional(is.flag),
});

const unit = is.object<Unit>({
  id: unitId,
  engine: is.oneOf(...engineNames),
  digest,
  spec: is.tree({ depthMax: 32, valuesMax: 100_000 }),
  artifacts: is.list(artifact, 16),
});

const base64Of = (bytesMax: number): is.Shape<string> =>
  is.text(Math.ceil(bytesMax / 3) * 4, /^[A-Za-z0-9+/]*={0,2}$/);

const enclosed: is.Shape<Enclosed> = is.table(base64Of(limits.enclosedBytesMax), {
  membersMax: 16,
  name: /^[0-9a-f]{64}$/,
});

const id = token;
const command = is.union<Command>("verb", {
  install: is.object({ id, verb: is.oneOf("install"), unit, priority, enclosed: is.optional(enclosed) }),
  activate: is.object({ id, verb: is.oneOf("activate"), unit: unitId, digest }),
  deactivate: is.object({ id, verb: is.oneOf("deactivate"), unit: unitId, digest }),
  deprecate: is.object({ id, verb: is.oneOf("deprecate"), unit: unitId, digest }),
  prioritize: is.object({ id, verb: is.oneOf("prioritize"), unit: unitId, digest, priority }),
  revoke: is.object({ id, verb: is.oneOf("revoke"), unit: unitId }),
  challenge: is.object({
    id,
    verb: is.oneOf("challenge"),
    unit: unitId,
    digest,
    nonce: is.text(2048, /^([0-9a-f]{2})*$/),
  }),
  report: is.object({ id, verb: is.oneOf("report") }),
});

const commandBatch = is.object<CommandBatch>({
  host: hostId,
  term,
  commands: is.list(command, limits.commandsPerBatchMax),
});

const ack = is.object<{ kind: "ack" }>({ kind: is.oneOf("ack") });
const nack = is.object<{ kind: "nack"; problem: Problem }>({ kind: is.oneOf("nack"), problem: anyProblem });

const outcome = is.union<CommandOutcome>("kind", {
  ack: is.object<{ kind: "ack"; answer?: string }>({
    kind: is.oneOf("ack"),
    answer: is.optional(is.prose(65_536)),
  }),
  nack,
});

const commandReply = is.object<CommandReply>({
  host: hostId,
  term,
  boot: token,
  sequence,
  results: is.list(is.object({ id, outcome }), limits.commandsPerBatchMax),
});

const engineCapability = is.object<EngineCapability>({
  engine: is.oneOf(...engineNames),
  available: is.flag,
  reason: is.optional(is.prose(1024)),
});

const capabilities = is.object<HostCapabilities>({
  kernel: is.prose(256),
  netloom: is.prose(64),
  interfaces: is.list(
    is.object({
      name: is.prose(64),
      mac: is.text(64, /^[0-9a-f:]*$/),
      addresses: is.list(is.text(64, /^[0-9a-f:.]+(%[-_.A-Za-z0-9]+)?(\/[0-9]+)?$/i), 1024),
      up: is.flag,
    }),
    4096,
  ),
  engines: is.list(engineCapability, 16),
});

const wake = is.object<Wake>({
  // The largest time that a Date can hold.
  atMs: is.integer(0, 8.64e15),
  rule: is.optional(unitId),
  protocol: is.optional(is.oneOf(...wakeProtocols)),
  peer: is.optional(is.text(45, /^[0-9a-f:.]+$/)),
});

const observedUnit = is.object<ObservedUnit>({
  id: unitId,
  engine: is.oneOf(...engineNames),
  digest,
  priority,
  state: is.oneOf("installed", "active", "deprecated"),
  problem: is.optional(anyProblem),
  idle: is.optional(is.flag),
  counters: is.optional(is.table(is.finite, { membersMax: 128, name: /^[a-zA-Z_:][-.a-zA-Z0-9_:]{0,127}$/ })),
  met: is.optional(
    is.table(is.list(is.prose(64), metValuesMax), { membersMax: 16, name: /^[a-zA-Z]{1,32}$/ }),
  ),
  wakes: is.optional(is.list(wake, wakesKeptMax)),
});

const hostReport = is.object<HostReport>({
  host: hostId,
  boot: token,
  sequence,
  term,
  capabilities,
  units: is.list(observedUnit, limits.unitsPerHostMax),
  problems: is.optional(is.list(anyProblem, 32)),
});

const heartbeat = is.object<Heartbeat>({ host: hostId, boot: token, sequence });
const powerMessage = is.object<PowerMessage>({ host: hostId, state: is.oneOf("asleep", "awake") });
const verdict = is.union<ReportReply>("kind", { ack, nack });

const seenEnd = is.object<SeenEnd>({
  address: is.text(45, /^[0-9a-fA-F:.]+$/),
  port: is.integer(0, 65_535),
});
const seenFlow = is.object<SeenFlow>({
  protocol: is.oneOf("UDP", "TCP"),
  source: seenEnd,
  destination: seenEnd,
});
const inverseQuery = is.object<InverseQuery>({
  host: hostId,
  flow: seenFlow,
  messages: is.list(base64Of(limits.inverseBytesMax), limits.inverseMessagesMax),
});
const inverseReply = is.union<InverseReply>("kind", {
  plain: is.object({
    kind: is.oneOf("plain"),
    customization: is.text(320),
    messages: is.list(base64Of(limits.inverseReplyBytesMax), limits.inverseMessagesMax),
  }),
  rejected: is.object({ kind: is.oneOf("rejected"), problem: anyProblem }),
});

/** One per message of `messages.ts`: JSON, gzipped when large. A reply is decoded with the subject of its request. */
export const codecs = {
  commandBatch: codec<CommandBatch>(commandBatch, { bytesMax: limits.batchBytesMax }),
  commandReply: spokenBy(codec<CommandReply>(commandReply, { bytesMax: limits.replyBytesMax })),
  hostReport: spokenBy(codec<HostReport>(hostReport, { bytesMax: limits.reportBytesMax })),
  reportReply: codec<ReportReply>(verdict, { bytesMax: limits.messageBytesMax }),
  heartbeat: spokenBy(codec<Heartbeat>(heartbeat, { bytesMax: limits.messageBytesMax })),
  powerMessage: spokenBy(codec<PowerMessage>(powerMessage, { bytesMax: limits.messageBytesMax })),
  inverseQuery: spokenBy(codec<InverseQuery>(inverseQuery, { bytesMax: 2 * limits.inverseBytesMax })),
  inverseReply: codec<InverseReply>(inverseReply, { bytesMax: 2 * limits.inverseReplyBytesMax }),
  powerReply: codec<PowerReply>(verdict, { bytesMax: limits.messageBytesMax }),
} as const;

function codec<T>(shape: is.Shape<T>, options: { bytesMax: number }): Codec<T> {
  return {
    encode: encodeJson,
    decode: (payload, subject) => decodeJson(payload, shape, { subject, bytesMax: options.bytesMax }),
  };
}

/** The bus lets a host speak under its own name only; so what the message says of its sender must be that name. */
function spokenBy<T extends { host: HostId }>(inner: Codec<T>): Codec<T> {
  return {
    encode: inner.encode,
    decode(payload, subject) {
      const speaker = speakerOf(subject);
      const read = inner.decode(payload, subject);
      if (read.host !== speaker) {
        return fail("bus.malformed", { subject, reason: `${speaker} speaks as ${read.host}` });
      }
      return read;
    },
  };
}
