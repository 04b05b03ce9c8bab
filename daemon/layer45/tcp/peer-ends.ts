import type { Connection } from "./connection.ts";
import type { ConnectionTable } from "./connection-table.ts";
import type { EndGate, EndVerdict } from "./end-gate.ts";
import type { Ending } from "./ending.ts";

/** What peers' ends wait for: each is kept until the application has what came before it. */
export class PeerEnds {
  readonly #gate: EndGate;
  readonly #table: ConnectionTable;

  constructor(gate: EndGate, table: ConnectionTable) {
    this.#gate = gate;
    this.#table = table;
  }

  /** @param bringIn brings the application what has arrived for it */
  read(bringIn: (connection: Connection) => void): void {
    this.#gate.read((ending, id) => this.#judge(ending, id, bringIn));
  }

  /** Lets go on what need not wait any longer. */
  release(connection: Connection): void {
    const { endings } = connection;
    for (const { id, sequence } of endings.splice(0)) {
      if (connection.mayEnd(sequence) && connection.prepareEnd()) this.#gate.release(id);
      else endings.push({ id, sequence });
    }
    if (endings.length > 0) this.#table.blocked.add(connection);
  }

  /** The connection is left: its ends are the kernel's business. */
  releaseAll({ endings }: Connection): void {
    for (const { id } of endings) this.#gate.release(id);
  }

  #judge(
    { key, sequence, payloadBytes }: Ending,
    id: number,
    bringIn: (connection: Connection) => void,
  ): EndVerdict {
    const connection = this.#table.ofKey(key);
    if (!connection?.hold || !connection.takesArrivals) return "pass";
    // What came before it may be here and waits for more, which is not to come.
    connection.in.isEnding = true;
    bringIn(connection);
    if (connection.mayEnd(sequence) && connection.prepareEnd()) return "end";
    if (payloadBytes > 0) {
      connection.in.isEnding = false;
      return "bytes";
    }
    connection.endings.push({ id, sequence });
    this.#table.blocked.add(connection);
    return "hold";
  }
}
