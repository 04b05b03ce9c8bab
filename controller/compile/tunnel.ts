import {
  durationMs,
  objectRef,
  quantityBytes,
  rateBits,
  type Tunnel,
  type TunnelSide,
  type TunnelUnitSpec,
} from "../../schemas/mod.ts";
import { lifeOf, placeOnEach } from "./place.ts";
import type { KindCompiler } from "./placement.ts";
import { makeUnit } from "./unit.ts";

/** A unit on each selected host. */
export const compileTunnel: KindCompiler<Tunnel> = (tunnel, context) => {
  const { spec } = tunnel;
  const unitSpec: TunnelUnitSpec = {
    listen: spec.listen,
    handshake: spec.handshake,
    ...(spec.intercept && { intercept: spec.intercept }),
    endpointsAllowed: spec.endpoints.allow,
    client: side(spec.client),
    endpoint: side(spec.endpoint),
    fastOpenQueue: spec.fastOpen.queue,
    ...(spec.qdisc && { qdisc: qdisc(spec.qdisc) }),
    connectionsMax: spec.connectionsMax,
    connectTimeoutMs: durationMs(spec.connectTimeout),
    idleTimeoutMs: durationMs(spec.idleTimeout),
  };
  const unit = makeUnit(objectRef(tunnel), "tunnel", unitSpec);
  return placeOnEach(context.select(spec.hosts), { unit, ...lifeOf(tunnel) });
};

function side({
  congestionControl,
  sendBuffer,
  receiveBuffer,
  noDelay,
  keepAlive,
}: Tunnel["spec"]["client"]): TunnelSide {
  return {
    ...(congestionControl !== undefined && { congestionControl }),
    ...(sendBuffer !== undefined && { sendBufferBytes: quantityBytes(sendBuffer) }),
    ...(receiveBuffer !== undefined && { receiveBufferBytes: quantityBytes(receiveBuffer) }),
    noDelay,
    ...(keepAlive !== undefined && { keepAliveMs: durationMs(keepAlive) }),
  };
}

function qdisc({
  interface: name,
  kind,
  rate,
}: NonNullable<Tunnel["spec"]["qdisc"]>): NonNullable<TunnelUnitSpec["qdisc"]> {
  return { interface: name, kind, ...(rate !== undefined && { rateBitsPerSecond: rateBits(rate) }) };
}
