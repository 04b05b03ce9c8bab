import { ProblemError, problem } from "../../../schemas/mod.ts";
import { listSocketCookies } from "../../linux/mod.ts";
import type { LoopContext } from "../../worker/mod.ts";
import { Complaints } from "../complaints.ts";
import type { Customization } from "../customization.ts";
import type { SharedOwners } from "../shared-owners.ts";
import type { Transport } from "../transport.ts";
import { openStreamKernel } from "./stream-kernel.ts";
import { TappedStreams } from "./tapped-streams.ts";

/**
 * Streams, split below TCP (docs/layer45-ebpf.md): packets of an application's connection come to two sockets of the engine's, which
 * stand for its ends, and the application's own socket stays as it is.
 */
export class TcpTransport implements Transport {
  readonly #context: LoopContext;
  readonly #owners: SharedOwners;
  /** There with the first customization, and from then on. */
  #streams: TappedStreams | undefined;

  constructor(context: LoopContext, owners: SharedOwners) {
    this.#context = context;
    this.#owners = owners;
  }

  settle(customizations: readonly Customization[]): void {
    if (customizations.length > 0) this.#openFor(customizations);
    this.#streams?.settle(customizations);
  }

  sockets(): ReadonlySet<bigint> {
    return listSocketCookies("TCP");
  }

  descriptors(): readonly number[] {
    return this.#streams ? [this.#streams.fd] : [];
  }

  turn(nowMs: number): number {
    return this.#streams?.turn(nowMs) ?? Number.POSITIVE_INFINITY;
  }

  stop(): void {
    this.#streams?.stop();
    this.#streams = undefined;
  }

  /** Where streams are not to be had, units stay and say so. */
  #openFor(customizations: readonly Customization[]): void {
    if (this.#streams) return;
    try {
      const kernel = openStreamKernel(this.#context, this.#owners);
      this.#streams = new TappedStreams(kernel, this.#context, new Complaints(this.#context.log));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const reason = error.message;
      for (const customization of customizations) {
        const { id: unit } = customization;
        customization.obstacle = problem("layer45.no-transport", { unit, protocol: "TCP", reason });
      }
      return;
    }
    this.#context.changed();
  }
}
