import {
  type Bucket,
  type Bus,
  buckets,
  codecs,
  FairDecoder,
  type Heartbeat,
  type HostReport,
  hostTokens,
  limits,
  type Message,
  type ReportReply,
  type Subscription,
  subjects,
  type WatchEvent,
} from "../bus/mod.ts";
import { type HostId, type Problem, problemOf } from "../schemas/mod.ts";
import type { Log } from "./log.ts";

/** What is told of hosts, as it arrives. */
export interface ObservedListener {
  /** A host's newest report; `isNew` is false for those that were there before this controller. */
  onReport(report: HostReport, isNew: boolean): void;
  onHeartbeat(heartbeat: Heartbeat): void;
}

/** A whole fleet may report at once. */
const reportsPendingMax = 10_000;
/** What one host may have this thread decode. A report of the largest host takes a second's worth. */
const reportShare = {
  bytesBurst: 64 * 1024 * 1024,
  bytesPerSecond: 4 * 1024 * 1024,
  // Each is written to the bucket: 64 a second from one host will do.
  messageBytesMin: 64 * 1024,
  messageBytesMax: limits.reportBytesMax,
} as const;
const heartbeatShare = {
  bytesBurst: 64 * 1024,
  bytesPerSecond: 4 * 1024,
  messageBytesMin: 128,
  messageBytesMax: limits.messageBytesMax,
} as const;

/**
 * What the fleet reports: takes the daemons' reports in (they may not write the bucket themselves, so that none can write
 * another's), keeps them in the bucket `observed`, which outlives every controller, and watches that bucket and the
 * heartbeats. Any controller may take a report in; all of them see it.
 */
export class ObservedFleet {
  readonly #bucket: Bucket;
  readonly #listener: ObservedListener;
  readonly #log: Log;
  readonly #reportsOf = new FairDecoder(codecs.hostReport, reportShare);
  readonly #heartbeatsOf = new FairDecoder(codecs.heartbeat, heartbeatShare);
  readonly #reports = new Map<HostId, HostReport>();
  readonly #subscriptions: Subscription[] = [];
  #isSynced = false;

  private constructor(bucket: Bucket, listener: ObservedListener, log: Log) {
    this.#bucket = bucket;
    this.#listener = listener;
    this.#log = log;
  }

  /** Resolves when every report that was there has been given to the listener. */
  static async start(bus: Bus, listener: ObservedListener, log: Log): Promise<ObservedFleet> {
    const fleet = new ObservedFleet(await bus.bucket(buckets.observed), listener, log);
    await fleet.#watch();
    fleet.#subscriptions.push(
      bus.subscribe(subjects.anyReport, (message) => fleet.#takeIn(message), {
        queue: "controllers",
        pendingMax: reportsPendingMax,
      }),
      bus.subscribe(subjects.anyHeartbeat, (message) => fleet.#hear(message)),
    );
    return fleet;
  }

  stop(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  async #watch(): Promise<void> {
    await new Promise<void>((synced, failed) => {
      this.#bucket
        .watch((event) => {
          this.#see(event);
          if (event.kind === "synced") synced();
        })
        .then((subscription) => this.#subscriptions.push(subscription), failed);
    });
    this.#isSynced = true;
  }

  #see(event: WatchEvent): void {
    if (event.kind !== "put") return;
    try {
      const { key, value } = event.entry;
      const report = codecs.hostReport.decode(value, `${buckets.observed}.${key}`);
      const known = this.#reports.get(report.host);
      if (known && !isNewer(report, known)) return;
      this.#reports.set(report.host, report);
      this.#listener.onReport(report, this.#isSynced);
    } catch (error) {
      this.#log.warn({ key: event.entry.key, problem: problemOf(error) }, "stored report cannot be read");
    }
  }

  async #takeIn({ subject, payload }: Message): Promise<Uint8Array> {
    return codecs.reportReply.encode(await this.#store(subject, payload));
  }

  async #store(subject: string, payload: Uint8Array): Promise<ReportReply> {
    try {
      const report = this.#reportsOf.decode(payload, subject);
      const known = this.#reports.get(report.host);
      if (!known || isNewer(report, known)) await this.#bucket.put(hostTokens(report.host), payload);
      return { kind: "ack" };
    } catch (error) {
      const problem = problemOf(error);
      this.#log[severity(problem)]({ subject, problem }, "report refused");
      return { kind: "nack", problem };
    }
  }

  #hear({ subject, payload }: Message): void {
    try {
      this.#listener.onHeartbeat(this.#heartbeatsOf.decode(payload, subject));
    } catch (error) {
      const problem = problemOf(error);
      this.#log[severity(problem)]({ subject, problem }, "heartbeat cannot be read");
    }
  }
}

/** A host that sends without end must not fill the log as well. */
function severity(found: Problem): "debug" | "warn" {
  return found.code === "bus.share-spent" ? "debug" : "warn";
}

/** A report of another boot is newer: a daemon that ended reports no more. */
function isNewer(report: HostReport, known: HostReport): boolean {
  return report.boot !== known.boot || report.sequence > known.sequence;
}
