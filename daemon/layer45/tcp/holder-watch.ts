import { holds, type StreamTaps } from "../../linux/mod.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionTable } from "./connection-table.ts";
import type { SocketHolds } from "./socket-holds.ts";
import type { StreamIntake } from "./stream-intake.ts";
import type { StreamPump } from "./stream-pump.ts";

/** Whether applications still have their sockets is looked at this often: some end without closing them. */
const lookEveryMs = 100;

export interface HolderWatchParts {
  taps: StreamTaps;
  table: ConnectionTable;
  holds: SocketHolds;
  intake: StreamIntake;
  pump: StreamPump;
}

/** Looks from time to time whose sockets are still open: what the engine holds alone was closed by its application. */
export class HolderWatch {
  dueMs = 0;
  readonly #parts: HolderWatchParts;

  constructor(parts: HolderWatchParts) {
    this.#parts = parts;
  }

  look(nowMs: number): void {
    this.dueMs = nowMs + lookEveryMs;
    for (const connection of this.#parts.table.all()) this.#lookAt(connection, nowMs);
  }

  #lookAt(connection: Connection, nowMs: number): void {
    const { taps, intake, pump, holds: sockets } = this.#parts;
    const { hold } = connection;
    if (!hold) {
      intake.identify(connection, false, nowMs);
      intake.hold(connection, 0);
      if (!connection.hold && intake.isGone(connection)) pump.forget(connection);
      return;
    }
    if (holds(hold.holder, hold.inode) || sockets.renew(hold)) return;
    taps.markClosed(connection.slot);
    pump.finish(connection, nowMs);
  }
}
