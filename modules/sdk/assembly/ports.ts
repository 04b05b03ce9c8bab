import { Json } from "./json";

/** A set of ports, one bit each. */
export class Ports {
  private bits: usize = 0;

  /** Reads a JSON list of numbers; null when it is something else, or an entry is no port. */
  static read(list: Json): Ports | null {
    if (!list.isList) return null;
    const made = new Ports();
    made.bits = heap.alloc(8192);
    memory.fill(made.bits, 0, 8192);
    for (let item = list.first(); item.exists; item = item.next()) {
      const port = item.integer(-1);
      if (port < 1 || port > 65535) return null;
      const at = made.bits + (<usize>port >> 3);
      store<u8>(at, load<u8>(at) | (1 << (<u8>port & 7)));
    }
    return made;
  }

  has(port: u32): bool {
    return ((load<u8>(this.bits + (port >> 3)) >> (<u8>port & 7)) & 1) != 0;
  }
}
