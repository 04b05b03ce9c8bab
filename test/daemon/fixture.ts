import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Bus,
  type Command,
  type CommandOutcome,
  type CommandReply,
  codecs,
  type HostReport,
  type MemoryBus,
  memoryBus,
  subjects,
} from "../../bus/mod.ts";
import { type Daemon, type DaemonOptions, startDaemon } from "../../daemon/daemon.ts";
import type { Engine, Log } from "../../daemon/engine.ts";
import { FakeEngine } from "./fake-engine.ts";

export const host = "default/gw-1";
const timeoutMs = 60_000;

const drop = (): void => undefined;
export const quiet: Log = { debug: drop, info: drop, warn: drop, error: drop };

/** A command without its id. */
type Wish = Command extends infer C ? (C extends Command ? Omit<C, "id"> : never) : never;

/** One host's daemon on a bus in memory, with a folder of its own, and the controller's end of that bus. */
export class Fixture {
  readonly stateDir = mkdtempSync(join(tmpdir(), "netloom-daemon-"));
  readonly bus: MemoryBus = memoryBus();
  readonly reports: HostReport[] = [];
  engine = new FakeEngine();
  daemon: Daemon | undefined;
  daemonBus: Bus | undefined;
  term = 1;

  constructor() {
    this.bus.subscribe(subjects.anyReport, ({ payload, subject }) => {
      this.reports.push(codecs.hostReport.decode(payload, subject));
      return codecs.reportReply.encode({ kind: "ack" });
    });
  }

  /** Starts a daemon on what the one before it left on disk, with an engine that knows nothing. */
  async start(
    engines: Engine[] = [new FakeEngine()],
    bus?: DaemonOptions["bus"],
    more: Partial<DaemonOptions> = {},
  ): Promise<void> {
    this.engine = engines[0] as FakeEngine;
    this.daemonBus = this.bus.join();
    this.daemon = await startDaemon({
      host,
      bus: bus ?? this.daemonBus,
      stateDir: this.stateDir,
      engines,
      describeHost: () => ({ kernel: "6.18.0", interfaces: [] }),
      version: "0.0.0",
      log: quiet,
      ...more,
    });
  }

  async stop(): Promise<void> {
    await this.daemon?.stop();
    await this.daemonBus?.close();
    this.daemon = undefined;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async end(): Promise<void> {
    await this.stop();
    await this.bus.close();
    rmSync(this.stateDir, { recursive: true });
  }

  async send(...wishes: Wish[]): Promise<CommandReply> {
    const commands = wishes.map((wish) => ({ id: randomUUID(), ...wish }) as Command);
    const subject = subjects.command(host);
    const payload = codecs.commandBatch.encode({ host, term: this.term, commands });
    return codecs.commandReply.decode(await this.bus.request(subject, payload, { timeoutMs }), subject);
  }

  /** What became of each: "ack", or the code of its problem. */
  async codes(...wishes: Wish[]): Promise<string[]> {
    return (await this.send(...wishes)).results.map(({ outcome }) => codeOf(outcome));
  }

  get lastReport(): HostReport {
    const last = this.reports.at(-1);
    if (!last) throw new Error("no report came yet");
    return last;
  }
}

export function codeOf(outcome: CommandOutcome): string {
  return outcome.kind === "ack" ? "ack" : outcome.problem.code;
}
