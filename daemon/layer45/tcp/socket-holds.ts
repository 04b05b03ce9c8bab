import { closeDescriptor, duplicateDescriptor, findHolder } from "../../linux/mod.ts";
import type { LoopContext } from "../../worker/mod.ts";
import type { Connection, Hold } from "./connection.ts";

/** Descriptors of applications' sockets: what the engine holds is not closed before it lets go. */
export class SocketHolds {
  readonly #context: Pick<LoopContext, "hold" | "release">;

  constructor(context: Pick<LoopContext, "hold" | "release">) {
    this.#context = context;
  }

  /**
   * A hold on the socket; undefined when no process has it (any more). Throws `SystemCallError`.
   * @param first processes that are looked at before the others
   */
  take(inode: number, first: readonly number[]): Hold | undefined {
    const holder = findHolder(inode, first, { except: process.pid });
    const fd = holder && duplicateDescriptor(holder, inode);
    if (!holder || fd === undefined) return undefined;
    this.#context.hold({ kind: "descriptor", fd });
    return { fd, inode, holder };
  }

  /** Whether some process has the socket still. */
  renew(hold: Hold): boolean {
    const other = findHolder(hold.inode, [], { except: process.pid });
    if (other) hold.holder = other;
    return other !== undefined;
  }

  giveBack({ fd }: Hold): void {
    this.#context.release({ kind: "descriptor", fd });
    closeDescriptor(fd);
  }

  letGo(connection: Connection): void {
    const hold = connection.letGo();
    if (hold) this.giveBack(hold);
  }
}
