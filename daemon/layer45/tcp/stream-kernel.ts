import { Epoll, epollIn, openAll, type SocketOwners, StreamBuffer, StreamTaps } from "../../linux/mod.ts";
import type { LoopContext } from "../../worker/mod.ts";
import type { SharedOwners } from "../shared-owners.ts";
import { EndGate } from "./end-gate.ts";
import { workBytes } from "./stream-side.ts";

const connectionsMax = 1_024;
/** New connections that can come between two turns of the engine. */
const readyMax = 32;
/** What may be under way in the engine's own sockets: a shutdown waits for what is sent, and cannot wait long. */
const bytesOut = 512 * 1024;
const bytesIn = 8 << 20;
const eventsPerTurn = 256;

/** What is open of the kernel while there are customizations of streams, and from then on. */
export interface StreamKernel {
  taps: StreamTaps;
  owners: SocketOwners;
  gate: EndGate;
  epoll: Epoll;
  work: StreamBuffer;
}

/** Throws `linux.*` problems where streams are not to be had, and then leaves nothing open. */
export function openStreamKernel(context: LoopContext, shared: SharedOwners): StreamKernel {
  const kernel = openAll((kept): StreamKernel => {
    const taps = kept(
      StreamTaps.open({
        slots: connectionsMax,
        ready: readyMax,
        bytesOut,
        bytesIn,
        hold: (holding) => context.hold(holding),
        release: (holding) => context.release(holding),
      }),
    );
    const owners = kept(shared.share());
    const gate = kept(new EndGate());
    const epoll = kept(new Epoll(eventsPerTurn));
    epoll.add(taps.fd, epollIn);
    epoll.add(gate.queue.fd, epollIn);
    return { taps, owners, gate, epoll, work: kept(new StreamBuffer(workBytes)) };
  });
  for (const holding of holdingsOf(kernel)) context.hold(holding);
  return kernel;
}

export function closeStreamKernel(kernel: StreamKernel, context: LoopContext): void {
  for (const holding of holdingsOf(kernel)) context.release(holding);
  kernel.gate.close();
  kernel.owners.close();
  kernel.epoll.close();
  kernel.taps.close();
  kernel.work.close();
}

function holdingsOf({ gate, epoll, work }: StreamKernel) {
  return [...gate.queue.holdings(), { kind: "descriptor" as const, fd: epoll.fd }, work.holding];
}
