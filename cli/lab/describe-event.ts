import type { LabEvent } from "../../lab/mod.ts";
import { formatProblem } from "../../schemas/mod.ts";

/** What happened in a lab, in a line. */
export function describeEvent(event: LabEvent): string {
  switch (event.kind) {
    case "power": {
      const { host, state, cause } = event;
      if (state === "asleep") return `${host} fell asleep`;
      return `${host} woke ${cause === "magic" ? "by a magic packet" : "as asked"}`;
    }
    case "command-ended": {
      const { command, how, output } = event.end;
      const [last = ""] = output.trim().split("\n").slice(-1);
      return `${event.host}: "${command.join(" ")}" ended with ${how}${last && `: ${last}`}; it is started again`;
    }
    case "daemon-crashed":
      return `${event.host}: its daemon ended (${event.error.message}); it is started again`;
    case "problem":
      return formatProblem(event.problem);
  }
}
