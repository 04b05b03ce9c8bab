import { createHash } from "node:crypto";
import type { ObjectRef } from "./objects.ts";

/** Something that happened to an object, or to "Controller". The same thing again raises `count`. */
export interface FleetEvent {
  /** Digest over type, object, reason and message. */
  id: string;
  type: "Normal" | "Warning";
  object: ObjectRef;
  /** One word in CamelCase. */
  reason: string;
  message: string;
  count: number;
  /** RFC 3339. */
  firstTime: string;
  lastTime: string;
}

export const eventsMax = 1_000;

/** The newest events, oldest first. */
export class EventLog {
  readonly #events = new Map<string, FleetEvent>();
  readonly #onEvent: (event: FleetEvent, dropped: FleetEvent | undefined) => void;

  constructor(
    onEvent: (event: FleetEvent, dropped: FleetEvent | undefined) => void,
    known: FleetEvent[] = [],
  ) {
    this.#onEvent = onEvent;
    const byTime = [...known].sort((a, b) => (a.lastTime < b.lastTime ? -1 : 1));
    for (const event of byTime.slice(-eventsMax)) this.#events.set(event.id, event);
  }

  add(happened: Pick<FleetEvent, "type" | "object" | "reason" | "message">): void {
    const { type, object, reason, message } = happened;
    const id = createHash("sha256")
      .update(JSON.stringify([type, object, reason, message]))
      .digest("hex")
      .slice(0, 24);
    const now = new Date().toISOString();
    const before = this.#events.get(id);
    const event: FleetEvent = {
      id,
      type,
      object,
      reason,
      message,
      count: (before?.count ?? 0) + 1,
      firstTime: before?.firstTime ?? now,
      lastTime: now,
    };
    this.#events.delete(id);
    this.#events.set(id, event);
    this.#onEvent(event, this.#dropOldest());
  }

  list(): FleetEvent[] {
    return [...this.#events.values()];
  }

  #dropOldest(): FleetEvent | undefined {
    if (this.#events.size <= eventsMax) return undefined;
    const [oldest] = this.#events.values();
    if (oldest) this.#events.delete(oldest.id);
    return oldest;
  }
}
