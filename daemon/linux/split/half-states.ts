import type { StreamEnd, StreamEnds } from "../stream-ends.ts";
import type { HalfState } from "./half-socket.ts";
import type { SocketState } from "./socket-states.ts";
import { loopback6, standIn6 } from "./split-program.ts";

/** A receiver keeps its word about what it would take. */
const windowMax = 6 << 20;
/** What every path takes (RFC 9293 §3.7.1). */
const segmentBytesMin = 536;
const timestampBytes = 12;

/** How many more bytes have gone on than came: what the application sent, and what its peer did. In 32 bits. */
export interface Shifts {
  out: number;
  in: number;
}

/**
 * With which state a connection's two halves go on from that of the application's socket: the near one stands for the peer, the
 * far one for the application.
 * @param acknowledged what the peer has of what the application sent, as the application numbers it
 */
export function halfStates(
  { local, remote }: StreamEnds,
  state: SocketState,
  { acknowledged, shifts }: { acknowledged: number; shifts: Shifts },
): { near: HalfState; far: HalfState } {
  const { receiveNext, scales, hasSack } = state;
  const receivable = Math.max(0, state.receiveWindowAt + state.receiveWindow - receiveNext);
  const [application, peer] = [insideEnd(local), insideEnd(remote)];
  return {
    near: {
      self: peer,
      peer: application,
      sendNext: receiveNext,
      receiveNext: acknowledged,
      sendWindow: Math.min(windowMax, receivable),
      sendWindowMax: Math.max(state.receiveWindow, receivable),
      sendWindowAt: acknowledged,
      receiveWindow: Math.min(windowMax, state.sendWindow),
      receiveWindowAt: acknowledged,
      segmentBytes: Math.max(segmentBytesMin, state.segmentBytesMax),
      scales: scales && { send: scales.receive, receive: scales.send },
      hasSack,
      // Which timestamps the peer has sent last is not known; a segment without any is taken as well.
      clockOffset: undefined,
      trafficClass: 0,
    },
    far: {
      self: application,
      peer,
      sendNext: acknowledged + shifts.out,
      receiveNext: receiveNext - shifts.in,
      sendWindow: state.sendWindow,
      sendWindowMax: Math.max(state.sendWindowMax, state.sendWindow),
      sendWindowAt: state.sendWindowAt - shifts.in,
      receiveWindow: state.receiveWindow,
      receiveWindowAt: state.receiveWindowAt - shifts.in,
      segmentBytes: state.segmentBytes + (state.hasTimestamp ? timestampBytes : 0),
      scales,
      hasSack,
      clockOffset: state.hasTimestamp ? state.clockOffset : undefined,
      trafficClass: state.trafficClass,
    },
  };
}

/** As whom a half stands for an end. */
function insideEnd({ address, port }: StreamEnd): StreamEnd {
  return { address: loopback6.every((byte, at) => byte === address[at]) ? standIn6 : address, port };
}
