import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Runs each line of its input, a JSON string, and answers with what `result` is then. */
const interpreter = `
import json, os, signal, socket, sys, threading
def rename(name, thread=None):
    with open(f"/proc/self/task/{thread or threading.get_native_id()}/comm", "w") as comm: comm.write(name)
scope = globals()
for line in sys.stdin:
    result = None
    exec(json.loads(line), scope)
    print(json.dumps(scope["result"]), flush=True)
`;

/** A process that does what it is told, in Python, under a name of its own. */
export class Application {
  readonly process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  private constructor(command: readonly string[]) {
    const [file, ...rest] = [...command, "python3", "-c", interpreter];
    this.process = spawn(file!, rest, { stdio: ["pipe", "pipe", "inherit"] });
    this.#answers = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
  }

  /** @param prefix a command that runs the rest, as in `ip netns exec NAME` */
  static async start(name: string, prefix: readonly string[] = []): Promise<Application> {
    const application = new Application(prefix);
    await application.do(`rename(${JSON.stringify(name)}, os.getpid())`);
    return application;
  }

  /** Python, which may set `result`. */
  async do(code: string): Promise<unknown> {
    this.process.stdin!.write(`${JSON.stringify(code)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`ended in ${code}`);
    return JSON.parse(value as string);
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGKILL");
    await ended;
  }
}
