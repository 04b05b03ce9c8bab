import {
  type Bus,
  type Command,
  type CommandBatch,
  type CommandOutcome,
  codecs,
  type HostReport,
  type Subscription,
  subjects,
} from "../../bus/mod.ts";
import type { PlannedCommand } from "../../controller/diff.ts";
import { engineNames, type HostId, type ObservedUnit, type Problem, problem } from "../../schemas/mod.ts";
import { ModelDaemon } from "./model-daemon.ts";

export interface FakeDaemonOptions {
  boot?: string;
  units?: ObservedUnit[];
  heartbeatMs?: number;
  /** Why a command is refused; undefined carries it out. */
  refuse?(command: Command): Problem | undefined;
  /** What becomes of a challenge. */
  answer?(challenge: Command & { verb: "challenge" }): CommandOutcome;
  /** Called with each batch before it is carried out: may wait, or throw to have no reply sent. */
  before?(batch: CommandBatch): Promise<void> | void;
  /** Called after a batch was carried out: throw to lose the reply. */
  after?(batch: CommandBatch): Promise<void> | void;
}

/** Speaks as a daemon does, over a real bus, and keeps a model of units instead of a kernel. */
export class FakeDaemon {
  readonly host: HostId;
  readonly model: ModelDaemon;
  readonly batches: CommandBatch[] = [];
  readonly boot: string;
  term = 0;
  /** Batches that were here at once, at most. */
  atOnceMax = 0;
  #atOnce = 0;
  sequence = 0;
  readonly #bus: Bus;
  readonly #options: FakeDaemonOptions;
  readonly #subscription: Subscription;
  readonly #heart: NodeJS.Timeout;
  #carrying: Promise<unknown> = Promise.resolve();

  constructor(bus: Bus, host: HostId, options: FakeDaemonOptions = {}) {
    this.#bus = bus;
    this.host = host;
    this.#options = options;
    this.boot = options.boot ?? "boot-1";
    this.model = new ModelDaemon(options.units);
    this.#subscription = bus.subscribe(subjects.command(host), ({ subject, payload }) => {
      const batch = codecs.commandBatch.decode(payload, subject);
      this.#atOnce += 1;
      this.atOnceMax = Math.max(this.atOnceMax, this.#atOnce);
      const answer = this.#carrying
        .then(() => this.#carryOut(batch))
        .finally(() => {
          this.#atOnce -= 1;
        });
      this.#carrying = answer.catch(() => undefined);
      return answer;
    });
    this.#heart = setInterval(() => this.beat(), options.heartbeatMs ?? 200);
  }

  get commands(): Command[] {
    return this.batches.flatMap(({ commands }) => commands);
  }

  /** Carries nothing out until then. */
  hold(until: Promise<void>): void {
    this.#carrying = this.#carrying.then(() => until);
  }

  beat(): void {
    const { host, boot, sequence } = this;
    this.#bus.publish(subjects.heartbeat(host), codecs.heartbeat.encode({ host, boot, sequence }));
  }

  /** Says what it has; resolves when a controller has taken it in. */
  async report(): Promise<void> {
    this.sequence += 1;
    const report: HostReport = {
      host: this.host,
      boot: this.boot,
      sequence: this.sequence,
      term: this.term,
      capabilities: {
        kernel: "6.18",
        netloom: "0.1.0",
        interfaces: [],
        engines: engineNames.map((engine) => ({ engine, available: true })),
      },
      // A model has no flows that a deprecated unit could hold.
      units: this.model.list().map((unit) => (unit.state === "deprecated" ? { ...unit, idle: true } : unit)),
    };
    await this.#bus.request(subjects.report(this.host), codecs.hostReport.encode(report), {
      timeoutMs: 2_000,
    });
  }

  stop(): void {
    clearInterval(this.#heart);
    this.#subscription.unsubscribe();
  }

  async #carryOut(batch: CommandBatch): Promise<Uint8Array> {
    this.batches.push(batch);
    await this.#options.before?.(batch);
    const isStale = batch.term < this.term;
    this.term = Math.max(this.term, batch.term);
    const results = batch.commands.map((command) => ({
      id: command.id,
      outcome: isStale ? staleTerm(batch.term, this.term) : this.#apply(command),
    }));
    const sequence = isStale ? this.sequence : this.sequence + 1;
    // The reply may overtake the report, as on a real bus.
    if (!isStale) setImmediate(() => void this.report().catch(() => undefined));
    await this.#options.after?.(batch);
    return codecs.commandReply.encode({
      host: this.host,
      term: this.term,
      boot: this.boot,
      sequence,
      results,
    });
  }

  #apply(command: Command): CommandOutcome {
    const refused = this.#options.refuse?.(command);
    if (refused) return { kind: "nack", problem: refused };
    if (command.verb === "report") return { kind: "ack" };
    if (command.verb === "challenge") return this.#options.answer?.(command) ?? { kind: "ack" };
    const code = this.model.apply(command as PlannedCommand);
    if (!code) return { kind: "ack" };
    const unit = command.verb === "install" ? command.unit.id : command.unit;
    return { kind: "nack", problem: problem("unit.unknown", { verb: command.verb, unit }) };
  }
}

function staleTerm(term: number, current: number): CommandOutcome {
  return { kind: "nack", problem: problem("command.stale-term", { term, current }) };
}
