import { type Host, type HostId, objectRef, quantityBytes, type SleeperSpec } from "../../schemas/mod.ts";
import type { KindCompiler } from "./placement.ts";
import { hostIdOf, makeUnit } from "./unit.ts";

/** A Host that sleeps becomes a sleeper on its proxy; any other Host becomes nothing. */
export const compileHost: KindCompiler<Host> = (host) => {
  const proxy = proxyOf(host);
  if (proxy === undefined || !host.spec.sleep) return [];
  const { takeover, wake, selfService } = host.spec.sleep;
  const spec: SleeperSpec = {
    type: "sleeper",
    host: hostIdOf(host),
    interfaces: host.spec.interfaces.flatMap(({ mac, addresses }) =>
      mac === undefined ? [] : [{ mac: mac.toLowerCase(), addresses }],
    ),
    takeover,
    wake: {
      transport: wake.transport,
      repeat: wake.repeat,
      ...(wake.secureOn && { secureOn: wake.secureOn.secretRef }),
    },
    selfService: selfService
      ? { rulesMax: selfService.rulesMax, moduleBytesMax: quantityBytes(selfService.moduleSizeMax) }
      : false,
  };
  const unit = makeUnit(objectRef(host), "sleep", spec);
  return [{ on: proxy, of: hostIdOf(host), desired: { unit, priority: 0, state: "active" } }];
};

/** The host whose daemon stands in for this one while it sleeps. */
export function proxyOf(host: Host): HostId | undefined {
  return host.spec.sleep && `${host.metadata.namespace}/${host.spec.sleep.proxy}`;
}
