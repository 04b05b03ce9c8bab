import { Epoll, epollIn, openAll, type SocketOwners, SplitStreams, StreamBuffer } from "../../linux/mod.ts";
import type { LoopContext } from "../../worker/mod.ts";
import type { SharedOwners } from "../shared-owners.ts";
import { workBytes } from "./stream-side.ts";

const connectionsMax = 1_024;
const eventsPerTurn = 256;

/** What is open of the kernel while there are customizations of streams, and from then on. */
export interface StreamKernel {
  streams: SplitStreams;
  owners: SocketOwners;
  epoll: Epoll;
  work: StreamBuffer;
}

/** Throws `linux.*` problems where streams are not to be had, and then leaves nothing open. */
export function openStreamKernel(context: LoopContext, shared: SharedOwners): StreamKernel {
  const kernel = openAll((kept) => {
    const streams = kept(
      SplitStreams.open({
        slots: connectionsMax,
        hold: (holding) => context.hold(holding),
        release: (holding) => context.release(holding),
      }),
    );
    const owners = kept(shared.share());
    return { streams, owners, epoll: new Epoll(eventsPerTurn), work: new StreamBuffer(workBytes) };
  });
  kernel.epoll.add(kernel.streams.fd, epollIn);
  kernel.epoll.add(kernel.streams.heldFd, epollIn);
  for (const holding of holdingsOf(kernel)) context.hold(holding);
  return kernel;
}

export function closeStreamKernel(kernel: StreamKernel, context: LoopContext): void {
  for (const holding of holdingsOf(kernel)) context.release(holding);
  kernel.owners.close();
  kernel.epoll.close();
  kernel.streams.close();
  kernel.work.close();
}

function holdingsOf({ epoll, work }: StreamKernel) {
  return [{ kind: "descriptor" as const, fd: epoll.fd }, work.holding];
}
