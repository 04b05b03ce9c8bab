import type { LoopContext } from "../worker/mod.ts";
import type { Agenda } from "./agenda.ts";
import type { Guard } from "./guard.ts";
import type { Links } from "./links.ts";
import type { Speaker } from "./speaker.ts";
import type { Stand } from "./stand.ts";
import type { Streams } from "./streams.ts";

/** What the loop is made of, as far as those who keep its units need it. */
export interface EngineParts {
  context: LoopContext;
  /** When the turn, or the verb, that is being handled began. */
  clock: { nowMs: number };
  agenda: Agenda;
  links: Links;
  guard: Guard;
  stand: Stand;
  speaker: Speaker;
  streams: Streams;
}
