import { encodeFlowContext } from "../../../modules/mod.ts";
import type { SocketOwner, SocketOwners, StreamBuffer } from "../../linux/mod.ts";
import type { Customization, Station } from "../customization.ts";
import { Flow } from "../flow.ts";
import type { Direction } from "../message-counts.ts";
import type { Connection } from "./connection.ts";

/** Which customizations see the streams of a connection: by whose socket it is, which is asked of the kernel. */
export class ConnectionRoster {
  readonly #owners: SocketOwners;
  #customizations: readonly Customization[] = [];
  #flowNumbers = 0;

  constructor(owners: SocketOwners) {
    this.#owners = owners;
  }

  get customizations(): readonly Customization[] {
    return this.#customizations.filter(({ state }) => state !== "deprecated");
  }

  settle(customizations: readonly Customization[]): void {
    this.#customizations = customizations;
  }

  /** Whose it is; undefined while the kernel does not know it any more, or not yet. Throws `linux.*` problems. */
  ownerOf({ ends: { local, remote } }: Pick<Connection, "ends">): SocketOwner | undefined {
    return this.#owners.find(
      {
        protocol: "TCP",
        local: local.address,
        localPort: local.port,
        remote: remote.address,
        remotePort: remote.port,
      },
      "sent",
    );
  }

  isWanted(owner: SocketOwner, ends: Connection["ends"]): boolean {
    return this.#customizations.some((customization) => customization.takes(owner, ends));
  }

  /** Puts the customizations on it that are to see it now; answers whether there are any. */
  assign(connection: Connection, work: StreamBuffer, nowMs: number): boolean {
    const { owner, ends } = connection;
    if (!owner) return false;
    if (!connection.flow) {
      this.#flowNumbers += 1;
      connection.flow = new Flow(this.#flowNumbers, owner);
    }
    const { flow } = connection;
    flow.owner = owner;
    for (const customization of this.#customizations) {
      if (flow.attachment(customization) || !customization.takes(owner, ends)) continue;
      flow.attach(customization, { isLate: connection.isLate || connection.halves !== undefined, nowMs });
      customization.met.note(owner, ends);
    }
    for (const direction of ["out", "in"] as const) {
      connection[direction]?.setStations(this.#stations(direction, connection, flow), work, nowMs);
    }
    return [...flow.attachments].some(({ isRefused }) => !isRefused);
  }

  #stations(direction: Direction, { owner, ends }: Connection, flow: Flow): Station[] {
    const stations: Station[] = [];
    for (const customization of this.#customizations) {
      const attachment = flow.attachment(customization);
      if (!attachment || !owner || !customization.sees(direction)) continue;
      const { role, tap } = customization.spec;
      const context = encodeFlowContext({ protocol: tap.protocol, role, ...ends, ...owner });
      stations.push({ attachment, view: { number: flow.number, context, flags: 0 } });
    }
    return stations;
  }
}
