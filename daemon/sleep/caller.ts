import type { EngineParts } from "./engine-parts.ts";
import { magicFrame, magicPayload, magicUdpFrame } from "./magic-packet.ts";
import { powerTimes } from "./power.ts";
import type { Sleeper } from "./sleeper.ts";

/** Between the magic packets of one call. */
const magicIntervalMs = 100;

/** Calls hosts that are wanted awake, by magic packets. */
export class Caller {
  readonly #agenda: EngineParts["agenda"];
  readonly #clock: EngineParts["clock"];

  constructor({ agenda, clock }: Pick<EngineParts, "agenda" | "clock">) {
    this.#agenda = agenda;
    this.#clock = clock;
  }

  call(sleeper: Sleeper): void {
    this.goOn(sleeper, sleeper.spec.wake.repeat);
    this.#agenda.add(this.#clock.nowMs + powerTimes.wakeDeadlineMs, { kind: "deadline", sleeper });
  }

  /** Sends so many magic packets more, one now. */
  goOn(sleeper: Sleeper, left: number): void {
    if (left <= 0 || sleeper.power.kind !== "waking" || !sleeper.standing) return;
    sendMagic(sleeper);
    this.#agenda.add(this.#clock.nowMs + magicIntervalMs, { kind: "magic", sleeper, left: left - 1 });
  }

  /** A host that loses its proxy while it sleeps is woken: nobody would do that later, and only it can tell another one. */
  callLast(sleeper: Sleeper): void {
    if (sleeper.power.kind === "awake" || !sleeper.standing) return;
    for (let count = 0; count < sleeper.spec.wake.repeat; count++) sendMagic(sleeper);
  }
}

function sendMagic(sleeper: Sleeper): void {
  const udp = sleeper.spec.wake.transport === "udp";
  for (const port of sleeper.ports) {
    const payload = magicPayload(port.mac, sleeper.password);
    for (const { ring, mac, address } of port.link ? [port.link] : sleeper.links) {
      ring.send(udp ? magicUdpFrame(mac, address, payload) : magicFrame(mac, payload));
    }
  }
}
