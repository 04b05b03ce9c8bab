/**
 * Runs tasks in the order they were given, after the current turn of the event loop: like a network, delivery never
 * happens inside the call that caused it.
 */
export class Scheduler {
  #tasks: (() => void)[] = [];

  later(task: () => void): void {
    this.#tasks.push(task);
    if (this.#tasks.length === 1) setImmediate(() => this.#run());
  }

  /** Resolves when all that was given before has run. */
  drained(): Promise<void> {
    return new Promise((done) => this.later(done));
  }

  #run(): void {
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) task();
  }
}
