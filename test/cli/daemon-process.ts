import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { eventually } from "../bus/eventually.ts";

const program = resolve(import.meta.dirname, "../../cli/main.js");

/** `netloom daemon` as a process of its own, as the daemon of default/gw-1. */
export class DaemonProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  log = "";

  constructor(...flags: string[]) {
    const words = [program, "daemon", "--host", "gw-1", ...flags];
    this.child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "pipe"] });
    this.child.stderr?.on("data", (text) => {
      this.log += text;
    });
    this.exited = new Promise((exited) => this.child.on("close", exited));
  }

  /** A line with this message and these fields is in the log. */
  said(text: string): boolean {
    return this.log.includes(`"msg":"${text}"`);
  }

  async metricsPort(): Promise<number> {
    await eventually(() => this.said("serving metrics"), `metrics; log: ${this.log}`);
    return Number(/"port":(\d+)/.exec(this.log)?.[1]);
  }

  kill(): Promise<number | null> {
    this.child.kill("SIGKILL");
    return this.exited;
  }

  stop(): Promise<number | null> {
    this.child.kill("SIGTERM");
    return this.exited;
  }
}
