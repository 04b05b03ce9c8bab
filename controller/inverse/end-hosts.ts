import type { HostId } from "../../schemas/mod.ts";
import { hostIdOf } from "../compile/unit.ts";
import type { HostView } from "../host.ts";
import type { ObjectInForce } from "../objects.ts";
import type { EndHost } from "./find-readers.ts";

/** The Hosts that have a daemon, with what is declared and seen of them. */
export function* endHosts(
  objects: Iterable<ObjectInForce>,
  viewOf: (host: HostId) => HostView | undefined,
): Iterable<EndHost> {
  for (const { object } of objects) {
    if (object.kind !== "Host" || !object.spec.daemon) continue;
    const id = hostIdOf(object);
    const view = viewOf(id);
    const addresses = object.spec.interfaces.flatMap((one) => one.addresses);
    yield { id, addresses, units: view?.desired ?? [], report: view?.report };
  }
}
