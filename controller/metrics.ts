import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { PlannedCommand } from "./diff.ts";
import type { BatchOutcome } from "./reply.ts";
import type { Condition } from "./status/conditions.ts";

/** What gauges read when they are scraped. */
export interface MetricsFacts {
  objects(): Iterable<{ object: string; conditions: readonly Condition[] }>;
  hosts(): { there: number; away: number };
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

  noteDrift(): void {
    this.#drift.inc();
  }

  noteSettled(afterMs: number): void {
    this.#convergeSeconds.observe(afterMs / 1000);
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
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
