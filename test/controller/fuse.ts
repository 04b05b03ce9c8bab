import type { Bucket, Bus, Subscription } from "../../bus/mod.ts";

/**
 * A bus as a process sees it that is killed at its `calls`th call: that call and all after it go out or do not, and never
 * come back, and nothing is heard any more.
 */
export class Fuse {
  readonly bus: Bus;
  #left: number;
  readonly #subscriptions: Subscription[] = [];

  constructor(bus: Bus, calls: number) {
    this.#left = calls;
    this.bus = this.#guard(bus, ["subscribe", "publish"]);
  }

  get isBurnt(): boolean {
    return this.#left <= 0;
  }

  #guard<T extends object>(target: T, synchronous: readonly string[] = []): T {
    return new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (name === "blobs") return this.#guard(member as object);
        if (typeof member !== "function" || name === "onState") return member;
        return (...args: unknown[]) =>
          this.#call(target, member, { args, isSynchronous: synchronous.includes(String(name)) });
      },
    });
  }

  #call(
    target: object,
    method: CallableFunction,
    { args, isSynchronous }: { args: unknown[]; isSynchronous: boolean },
  ) {
    this.#left -= 1;
    if (this.#left === 0) this.#burn();
    if (this.#left < 0)
      return isSynchronous ? { unsubscribe: () => undefined } : new Promise(() => undefined);
    const result: unknown = Reflect.apply(method, target, args);
    if (isSynchronous) {
      if (result) this.#subscriptions.push(result as Subscription);
      return result;
    }
    // The last call goes out, and its answer finds nobody.
    return (result as Promise<unknown>).then((value) => {
      if (this.isBurnt) return new Promise(() => undefined);
      if (isSubscription(value)) this.#subscriptions.push(value);
      return isBucket(value) ? this.#guard(value) : value;
    });
  }

  #burn(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }
}

const isSubscription = (value: unknown): value is Subscription =>
  typeof value === "object" && value !== null && "unsubscribe" in value;
const isBucket = (value: unknown): value is Bucket =>
  typeof value === "object" && value !== null && "keys" in value;
