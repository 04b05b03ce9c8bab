import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { DaemonStatus } from "./daemon.ts";

/** A registry whose figures are taken from the daemon's status when it is read. */
export function daemonMetrics(status: () => DaemonStatus): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addCounters(registry, status);
  addGauges(registry, status);
  return registry;
}

function addCounters(registry: Registry, status: () => DaemonStatus): void {
  const registers = [registry];
  new Counter({
    name: "netloom_daemon_reports_total",
    help: "Reports made since the start",
    registers,
    collect() {
      this.reset();
      this.inc(status().reports);
    },
  });
  new Counter({
    name: "netloom_daemon_commands_total",
    help: "Commands answered since the start",
    labelNames: ["verb", "outcome"],
    registers,
    collect() {
      this.reset();
      for (const { verb, outcome, count } of status().commands) this.inc({ verb, outcome }, count);
    },
  });
}

function addGauges(registry: Registry, status: () => DaemonStatus): void {
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    collect: (gauge: Gauge<L>, seen: DaemonStatus) => void,
  ): void => {
    new Gauge<L>({
      name: `netloom_daemon_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        collect(this, status());
      },
    });
  };
  gauge("connected", "1 while the daemon is connected to its bus", [], (g, seen) =>
    g.set(seen.connected ? 1 : 0),
  );
  gauge("term", "Newest term of a controller that the daemon has seen", [], (g, seen) => g.set(seen.term));
  gauge("hosts_asleep", "Hosts that sleep and are stood in for", [], (g, seen) => g.set(seen.asleep.length));
  gauge("units", "Units by engine and state", ["engine", "state"], (g, seen) => {
    for (const { engine, state } of seen.units) g.inc({ engine, state });
  });
  gauge("unit_problems", "Units that do not work, by problem", ["engine", "code"], (g, seen) => {
    for (const { engine, problem } of seen.units) if (problem) g.inc({ engine, code: problem.code });
  });
  gauge("unit_counter", "What engines count of each unit", ["unit", "counter"], (g, seen) => {
    for (const { id, counters } of seen.units) {
      for (const [counter, value] of Object.entries(counters ?? {})) g.set({ unit: id, counter }, value);
    }
  });
}
