import { fail, type HostId, type Problem, problemOf } from "../schemas/mod.ts";
import type { Member } from "./fleet.ts";
import type { MagicPacket } from "./magic-packet.ts";
import { disconnect, reconnect } from "./ports.ts";
import type { LabHost } from "./topology.ts";

export interface SleepersOptions {
  /** Tells the proxy; resolves when it has taken over or let go (`announcePower`). */
  announce(message: { host: HostId; proxy: HostId; state: "asleep" | "awake" }): Promise<void>;
  /** The SecureOn password of a host, by the name of its secret. */
  password(secret: string): Promise<Uint8Array>;
  /** Stops, or lets go on, what runs on the host. */
  freeze(host: HostId, frozen: boolean): void;
  /** A host fell asleep or woke. */
  changed(host: HostId, state: "asleep" | "awake", cause: WakeCause | "asked"): void;
  /** Something went wrong that nobody asked for and so nobody is told of otherwise. */
  onProblem(problem: Problem): void;
}

export type WakeCause = "magic" | "asked";

/** How often the proxy is told again that a host woke, while it cannot be reached. */
const announceAgainMs = 1_000;

interface Sleeper {
  member: Member;
  sleep: NonNullable<Member["sleep"]>;
  wiring: LabHost;
  state: "awake" | "asleep";
  /** The end of what is being done to it; each step waits for the one before. */
  turn: Promise<void>;
}

/** The hosts that may sleep: who does, and how they come and go. */
export class Sleepers {
  readonly #options: SleepersOptions;
  readonly #sleepers = new Map<HostId, Sleeper>();
  #closed = false;

  constructor(hosts: readonly { member: Member; wiring: LabHost }[], options: SleepersOptions) {
    this.#options = options;
    for (const { member, wiring } of hosts) {
      if (member.sleep === undefined) continue;
      const { sleep } = member;
      this.#sleepers.set(member.id, { member, sleep, wiring, state: "awake", turn: Promise.resolve() });
    }
  }

  /** "asleep" or "awake"; undefined for a host that never sleeps. */
  stateOf(host: HostId): "asleep" | "awake" | undefined {
    return this.#sleepers.get(host)?.state;
  }

  /** Resolves once its proxy has taken over and the host is silent; rejects with the proxy's problem, and it stays up. */
  async sleep(host: HostId): Promise<void> {
    await this.#next(this.#sleeper(host), async (sleeper) => {
      if (sleeper.state === "asleep") return;
      await this.#announce(sleeper, "asleep");
      await disconnect(sleeper.wiring);
      this.#options.freeze(host, true);
      sleeper.state = "asleep";
      this.#options.changed(host, "asleep", "asked");
    });
  }

  /** Resolves once the host is back and its proxy has let go, or is known to be out of reach and will be told later. */
  async wake(host: HostId, cause: WakeCause = "asked"): Promise<void> {
    await this.#next(this.#sleeper(host), async (sleeper) => {
      if (sleeper.state === "awake") return;
      this.#options.freeze(host, false);
      await reconnect(sleeper.wiring);
      sleeper.state = "awake";
      this.#options.changed(host, "awake", cause);
      await this.#sayAwake(sleeper);
    });
  }

  /** A magic packet was heard on a LAN: wakes the host it is for, if that sleeps and the password is right. */
  async hear(packet: MagicPacket): Promise<void> {
    for (const { member, sleep, state } of this.#sleepers.values()) {
      if (state === "awake" || !sleep.macs.includes(packet.mac)) continue;
      try {
        if (await this.#opens(sleep, packet)) await this.wake(member.id, "magic");
      } catch (error) {
        this.#options.onProblem(problemOf(error));
      }
    }
  }

  close(): void {
    this.#closed = true;
  }

  async #opens({ secureOn }: Sleeper["sleep"], { password }: MagicPacket): Promise<boolean> {
    if (secureOn === undefined) return true;
    const expected = await this.#options.password(secureOn);
    return Buffer.compare(expected, password.subarray(0, expected.length)) === 0;
  }

  /** Whatever happens, the host is up: its proxy is told until it knows, or the host sleeps again. */
  async #sayAwake(sleeper: Sleeper): Promise<void> {
    try {
      await this.#announce(sleeper, "awake");
    } catch (error) {
      const found = problemOf(error);
      // A proxy that does not serve it (any more) has nothing to let go of.
      if (found.code === "power.unserved") return;
      this.#options.onProblem(found);
      const again = (): void => {
        if (sleeper.state === "awake" && !this.#closed) this.#next(sleeper, () => this.#sayAwake(sleeper));
      };
      setTimeout(again, announceAgainMs).unref();
    }
  }

  #announce({ member, sleep }: Sleeper, state: "asleep" | "awake"): Promise<void> {
    return this.#options.announce({ host: member.id, proxy: sleep.proxy, state });
  }

  #sleeper(host: HostId): Sleeper {
    return this.#sleepers.get(host) ?? fail("lab.host-never-sleeps", { host });
  }

  #next(sleeper: Sleeper, step: (sleeper: Sleeper) => Promise<void>): Promise<void> {
    const done = sleeper.turn.then(() => step(sleeper));
    sleeper.turn = done.catch(() => undefined);
    return done;
  }
}
