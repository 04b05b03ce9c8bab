import type {
  Digest,
  HostCapabilities,
  HostId,
  ObservedUnit,
  Problem,
  SeenFlow,
  Unit,
  UnitId,
} from "../schemas/mod.ts";

/** The verbs of a unit's life, and the two questions. */
export type Command =
  | { id: string; verb: "install"; unit: Unit; priority: number; enclosed?: Enclosed }
  | { id: string; verb: "activate" | "deactivate" | "deprecate"; unit: UnitId; digest: Digest }
  | { id: string; verb: "prioritize"; unit: UnitId; digest: Digest; priority: number }
  | { id: string; verb: "revoke"; unit: UnitId }
  | { id: string; verb: "challenge"; unit: UnitId; digest: Digest; nonce: string }
  | { id: string; verb: "report" };

/**
 * Content of the unit's private artifacts, in base64, by digest. What is a blob can be heard by every host; what one host
 * alone may know is only ever said on the subject of that host's commands.
 */
export type Enclosed = Record<Digest, string>;

export type Verb = Command["verb"];

/**
 * What a controller asks of one host, carried out in order. A command that fails does not stop those after it that
 * concern other units; those of the same unit are answered with its problem.
 */
export interface CommandBatch {
  host: HostId;
  /** Fencing number from leader election: a daemon refuses a term older than the newest it has seen. */
  term: number;
  commands: Command[];
}

export type CommandOutcome = { kind: "ack"; answer?: string } | { kind: "nack"; problem: Problem };

export interface CommandReply {
  host: HostId;
  /** The newest term this daemon has seen. */
  term: number;
  boot: string;
  /**
   * The sequence of the first report that shows all that this batch did: the newest one written when nothing changed, the
   * next one to be written otherwise. A controller looks at no older report before it decides about this host again.
   */
  sequence: number;
  results: { id: string; outcome: CommandOutcome }[];
}

/** All that a daemon has, kept in the bucket of reports under its host and written on change. */
export interface HostReport {
  host: HostId;
  /** New for each start of the daemon. */
  boot: string;
  /** Rises with each report of one boot. */
  sequence: number;
  term: number;
  capabilities: HostCapabilities;
  units: ObservedUnit[];
  /** What is wrong with the daemon itself: files of its store that it had to set aside. */
  problems?: Problem[];
}

/** Answers a HostReport: acked once it is stored. */
export type ReportReply = { kind: "ack" } | { kind: "nack"; problem: Problem };

/** Published every few seconds, so that silence means something. */
export interface Heartbeat {
  host: HostId;
  boot: string;
  sequence: number;
}

/**
 * A host says to the daemon of its proxy that it is about to sleep, or that it woke (request/reply: acked once the proxy
 * has taken over, or has let go). After sloth-sleep-proxy §3.4.1, opcodes 2 and (ours) 3.
 */
export interface PowerMessage {
  host: HostId;
  state: "asleep" | "awake";
}

/** A middlebox asks what messages of a flow say that it cannot read (layer-4.5 §2.1.2). */
export interface InverseQuery {
  host: HostId;
  flow: SeenFlow;
  /** In base64; of one direction, in order. Of TCP, pieces of the stream from its beginning. */
  messages: string[];
}

export type InverseReply =
  /** Which customization it is, and what its application is given (base64). */
  { kind: "plain"; customization: string; messages: string[] } | { kind: "rejected"; problem: Problem };

export type PowerReply = { kind: "ack" } | { kind: "nack"; problem: Problem };

export const limits = {
  commandsPerBatchMax: 500,
  unitsPerHostMax: 20_000,
  /** Of JSON, unpacked; on the wire the server's own limit holds as well (`Bus.payloadBytesMax`). */
  batchBytesMax: 16 * 1024 * 1024,
  replyBytesMax: 4 * 1024 * 1024,
  reportBytesMax: 16 * 1024 * 1024,
  /** Of one artifact. */
  blobBytesMax: 16 * 1024 * 1024,
  /** Of one artifact that is enclosed in a command. */
  enclosedBytesMax: 4096,
  /** Of every other message. */
  messageBytesMax: 64 * 1024,
  /** A term counts seconds since 1970 where it can; this many are enough, and still an exact number. */
  termMax: 2 ** 40,
  /** Of one question of a middlebox, and of the answer to it. */
  inverseMessagesMax: 64,
  inverseBytesMax: 131_072,
  inverseReplyBytesMax: 4 * 1024 * 1024,
  heartbeatIntervalMs: 3_000,
  /** After this long without a heartbeat a host counts as away. */
  hostAwayAfterMs: 10_000,
} as const;
