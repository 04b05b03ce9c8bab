import { type UnitId, type Wake, type WakeProtocol, wakeProtocols, wakesKeptMax } from "../../schemas/mod.ts";
import { protocol } from "./headers.ts";

/** What a rule saw when it asked for its host. */
export interface WakeCall {
  protocol: WakeProtocol;
  /** Address of the packet's sender; absent for a timer. */
  peer?: string;
}

/**
 * How often a host was woken, and by what. Peers choose what is in here and not how much: the totals are by protocol, of
 * which there are few, and of single wakes the last `wakesKeptMax` are kept.
 */
export class Wakes {
  #byProtocol = new Map<WakeProtocol, number>();
  #byItself = 0;
  #failed = 0;
  #recent: Wake[] = [];

  get recent(): readonly Wake[] {
    return this.#recent;
  }

  /** A rule asked for it, and magic packets were sent. */
  noteCall(rule: UnitId, call: WakeCall): void {
    this.#byProtocol.set(call.protocol, (this.#byProtocol.get(call.protocol) ?? 0) + 1);
    this.#keep({ atMs: Date.now(), rule, ...call });
  }

  /** A frame of its own was seen, or it said so, though nobody called it. */
  noteItself(): void {
    this.#byItself += 1;
    this.#keep({ atMs: Date.now() });
  }

  /** Called, and not seen in time. */
  noteFailed(): void {
    this.#failed += 1;
  }

  counters(): Record<string, number> {
    let byRule = 0;
    const split: Record<string, number> = {};
    for (const [protocol, count] of this.#byProtocol) {
      split[counterOf(protocol)] = count;
      byRule += count;
    }
    return {
      wakes_by_rule_total: byRule,
      wakes_by_itself_total: this.#byItself,
      wakes_failed_total: this.#failed,
      ...split,
    };
  }

  /** Goes on from what was counted before. */
  resume(counters: Readonly<Record<string, number>>, recent: readonly Wake[]): void {
    for (const protocol of wakeProtocols) {
      const count = counters[counterOf(protocol)];
      if (count !== undefined) this.#byProtocol.set(protocol, count);
    }
    this.#byItself = counters.wakes_by_itself_total ?? 0;
    this.#failed = counters.wakes_failed_total ?? 0;
    this.#recent = recent.slice(-wakesKeptMax);
  }

  #keep(wake: Wake): void {
    this.#recent.push(wake);
    if (this.#recent.length > wakesKeptMax) this.#recent.shift();
  }
}

/** @param number of the IP protocol */
export function wakeProtocolOf(number: number): WakeProtocol {
  if (number === protocol.icmp || number === protocol.icmp6) return "ICMP";
  if (number === protocol.igmp) return "IGMP";
  if (number === protocol.tcp) return "TCP";
  return number === protocol.udp ? "UDP" : "other";
}

const counterOf = (protocol: WakeProtocol): string => `wakes_${protocol.toLowerCase()}_total`;
