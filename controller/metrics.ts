import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { PlannedCommand } from "./diff.ts";
import type { BatchOutcome } from "./reply.ts";
import type { CheckResult } from "./security/check.ts";
import type { SleeperItem } from "./sleepers.ts";
import type { Condition } from "./status/conditions.ts";

/** What gauges read when they are scraped. */
export interface MetricsFacts {
  objects(): Iterable<{ object: string; conditions: readonly Condition[] }>;
  hosts(): { there: number; away: number };
  sleepers(): readonly SleeperItem[];
  challenges(): Record<"asked" | "answered" | "distrusted", number>;
  isLeading(): boolean;
  isSourceReady(): boolean;
}

/** The figures of one controller, in a registry of its own: two controllers in a process do not mix theirs. */
export class Metrics {
  readonly registry = new Registry();
  readonly #commands = this.#counter("netloom_commands_total", "Commands by verb and outcome", [
    "verb",
    "outcome",
  ]);
  readonly #batches = this.#counter("netloom_batches_total", "Batches of commands by outcome", ["outcome"]);
  readonly #challenges = this.#counter(
    "netloom_challenges_total",
    "Challenges of modules by what came of them",
    ["result"],
  );
  readonly #inverse = this.#counter(
    "netloom_inverse_queries_total",
    "Messages that middleboxes could not read, by what they were answered: plain, or the problem's code",
    ["result"],
  );
  readonly #drift = this.#counter("netloom_drift_corrected_total", "Times a host was put right", []);
  readonly #batchSeconds = this.#histogram("netloom_batch_seconds", "From sending a batch to its reply");
  readonly #convergeSeconds = this.#histogram(
    "netloom_converge_seconds",
    "From knowing what a host ought to be to its reporting that it is",
  );

  constructor(facts: MetricsFacts) {
    collectDefaultMetrics({ register: this.registry });
    this.#gauge("netloom_leader", "1 while this controller leads", [], (gauge) =>
      gauge.set(facts.isLeading() ? 1 : 0),
    );
    this.#gauge("netloom_source_ready", "1 while the newest revision is read and valid", [], (gauge) =>
      gauge.set(facts.isSourceReady() ? 1 : 0),
    );
    this.#gauge("netloom_hosts", "Hosts by presence", ["state"], (gauge) => {
      for (const [state, count] of Object.entries(facts.hosts())) gauge.set({ state }, count);
    });
    this.#gauge(
      "netloom_objects",
      "Objects by kind and condition that is true",
      ["kind", "condition"],
      (gauge) => {
        gauge.reset();
        for (const { object, conditions } of facts.objects()) {
          const kind = object.split("/", 1)[0] as string;
          for (const { type, status } of conditions)
            if (status === "True") gauge.inc({ kind, condition: type });
        }
      },
    );
    this.#gauge(
      "netloom_challenged_modules",
      "Modules on hosts that are challenged, that have answered right since, and that are kept off after they failed",
      ["state"],
      (gauge) => {
        for (const [state, count] of Object.entries(facts.challenges())) gauge.set({ state }, count);
      },
    );
    this.#addSleepers(facts);
  }

  /** Labels are what is declared, and closed lists: nothing that a peer chooses. */
  #addSleepers({ sleepers }: MetricsFacts): void {
    const ofEach = (name: string, help: string, read: (item: SleeperItem) => number | undefined): void =>
      this.#total(`netloom_sleeper_${name}`, help, ["host"], (add) => {
        for (const item of sleepers()) {
          const value = read(item);
          if (value !== undefined) add({ host: item.host }, value);
        }
      });
    this.#gauge("netloom_sleeper_asleep", "1 while the host sleeps, or is being woken", ["host"], (gauge) => {
      gauge.reset();
      for (const { host, power } of sleepers())
        if (power !== "unknown") gauge.set({ host }, power === "awake" ? 0 : 1);
    });
    ofEach("asleep_seconds_total", "Time asleep", ({ asleepSeconds }) => asleepSeconds);
    ofEach(
      "counted_seconds_total",
      "Time over which the host's sleep is counted",
      (item) => item.countedSeconds,
    );
    ofEach(
      "answered_total",
      "Packets that rules sent for the host while it slept",
      ({ answered }) => answered,
    );
    ofEach(
      "wakes_failed_total",
      "Times the host was called and not seen to wake",
      ({ wakes }) => wakes.failed,
    );
    ofEach("saved_joules_total", "Energy saved, where the Host declares its power", ({ savedKWh }) =>
      savedKWh === undefined ? undefined : savedKWh * 3_600_000,
    );
    const causes = "Wakes by what the rule saw, or by the host itself";
    this.#total("netloom_sleeper_wakes_total", causes, ["host", "cause"], (add) => {
      for (const { host, wakes } of sleepers()) {
        for (const [protocol, count] of Object.entries(wakes.protocols))
          add({ host, cause: protocol }, count);
        add({ host, cause: "itself" }, wakes.byItself);
      }
    });
    this.#total("netloom_sleeper_rule_wakes_total", "Wakes by rule", ["host", "rule"], (add) => {
      for (const { host, wakes } of sleepers())
        for (const [rule, count] of Object.entries(wakes.rules)) add({ host, rule }, count);
    });
  }

  noteOutcome(commands: readonly PlannedCommand[], outcome: BatchOutcome, tookMs: number): void {
    this.#batches.inc({ outcome: outcome.kind });
    this.#batchSeconds.observe(tookMs / 1000);
    commands.forEach(({ verb }, at) => {
      const result =
        outcome.kind === "answered" ? (outcome.outcomes[at]?.kind ?? "unanswered") : outcome.kind;
      this.#commands.inc({ verb, outcome: result });
    });
  }

  noteChallenge(result: CheckResult["kind"]): void {
    this.#challenges.inc({ result });
  }

  noteInverse(result: string): void {
    this.#inverse.inc({ result });
  }

  noteDrift(): void {
    this.#drift.inc();
  }

  noteSettled(afterMs: number): void {
    this.#convergeSeconds.observe(afterMs / 1000);
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** A counter that is kept elsewhere and read when it is scraped. */
  #total<L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    read: (add: (labels: Record<L, string>, value: number) => void) => void,
  ): void {
    new Counter({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        this.reset();
        // A host may report what it likes; a counter takes no negative number.
        read((labels, value) => this.inc(labels as never, Math.max(0, value)));
      },
    });
  }

  #histogram(name: string, help: string): Histogram {
    const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60];
    return new Histogram({ name, help, buckets, registers: [this.registry] });
  }

  #gauge<L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    collect: (gauge: Gauge<L>) => void,
  ): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        collect(this);
      },
    });
  }
}
