import { setImmediate } from "node:timers/promises";

/** Long work holds up the event loop for this long at a time, and a little more. */
const stretchMs = 20;

/** For loops that may be long: `await breather.pause()` lets others run, now and then. */
export class Breather {
  #since = performance.now();

  /** True when it is time to pause; asking costs next to nothing. */
  get isDue(): boolean {
    return performance.now() - this.#since > stretchMs;
  }

  async pause(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}
