import type { BpfMap } from "../bpf-map.ts";
import { listInterfaces } from "../interfaces.ts";
import { int32 } from "../memory.ts";
import { detachFromInterface, type InterfaceHook, replaceOnInterface } from "./interface-programs.ts";

/** Of programs on interfaces, by which they are found when their engine is no more. */
export const programName = "nl1_split";

export interface SplitInterfacesOptions {
  /** What is on each interface, for what comes by it and what leaves by it: descriptors. */
  programs: { in: number; out: number };
  /** Gets each interface's hardware address, by its index. */
  addresses: BpfMap;
  /** Names of interfaces that are the engine's own. */
  except: readonly string[];
}

/** The interfaces of this thread's network namespace that have the programs. */
export class SplitInterfaces {
  readonly #options: SplitInterfacesOptions;
  /** Indices, by name and index. */
  readonly #known = new Map<string, number>();

  constructor(options: SplitInterfacesOptions) {
    this.#options = options;
  }

  /** Puts the programs on interfaces that have come, and forgets those that are gone. Throws `SystemCallError`, `linux.*` problems. */
  watch(): void {
    const { addresses, except } = this.#options;
    const there = listInterfaces().filter(({ name, mac }) => mac !== "" && !except.includes(name));
    const names = new Set(there.map(({ name, index }) => `${name} ${index}`));
    for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name);
    for (const { name, index, mac } of there) {
      if (this.#known.has(`${name} ${index}`)) continue;
      const address = Uint8Array.from(mac.split(":"), (byte) => Number.parseInt(byte, 16));
      addresses.set(int32(index), Uint8Array.from([...address, 0, 0]));
      // What an engine that is no more has left there does the same as these.
      for (const [program, hook] of this.#hooks()) replaceOnInterface(programName, program, index, hook);
      this.#known.set(`${name} ${index}`, index);
    }
  }

  leave(): void {
    for (const index of this.#known.values()) {
      for (const [program, hook] of this.#hooks()) detachFromInterface(program, index, hook);
    }
  }

  #hooks(): [program: number, hook: InterfaceHook][] {
    const { programs } = this.#options;
    return [
      [programs.out, "interfaceEgress"],
      [programs.in, "interfaceIngress"],
    ];
  }
}
