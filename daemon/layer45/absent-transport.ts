import { problem } from "../../schemas/mod.ts";
import type { Customization } from "./customization.ts";
import type { Transport } from "./transport.ts";

/** Stands where this netloom, or this host, has no way to the messages of a protocol: units are kept, and say so. */
export class AbsentTransport implements Transport {
  readonly #protocol: "UDP" | "TCP";

  constructor(protocol: "UDP" | "TCP") {
    this.#protocol = protocol;
  }

  settle(customizations: readonly Customization[]): void {
    for (const customization of customizations) {
      customization.obstacle = problem("layer45.no-transport", {
        unit: customization.id,
        protocol: this.#protocol,
        reason: "it is not built in",
      });
    }
  }

  sockets(): ReadonlySet<bigint> {
    return new Set();
  }

  descriptors(): readonly number[] {
    return [];
  }

  turn(): number {
    return Number.POSITIVE_INFINITY;
  }

  stop(): void {
    // Nothing was put on.
  }
}
