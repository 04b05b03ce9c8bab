import { codecs, type InverseQuery, type InverseReply, subjects } from "../../bus/mod.ts";
import { connectBus } from "../client/connect-bus.ts";
import { ControllerClient } from "../client/controller-client.ts";
import { untilInterrupted } from "../client/run-command.ts";
import type { InverseFlags } from "../inverse.ts";

const answerTimeoutMs = 15_000;

/** How questions get to the controller that leads. */
export interface WayToController {
  ask(query: InverseQuery): Promise<InverseReply>;
  close(): Promise<void>;
}

/** By the bus where that is named, as a host that is elsewhere asks; otherwise by the controller's own socket. */
export function wayToController(flags: InverseFlags): Promise<WayToController> {
  return flags.isOnBus ? byBus(flags) : Promise.resolve(bySocket(flags.server));
}

async function byBus(flags: InverseFlags): Promise<WayToController> {
  const signal = untilInterrupted();
  const onProblem = ({ message }: { message: string }): boolean =>
    process.stderr.write(`netloom: ${message}\n`);
  const identity = { role: "host", host: flags.host, isMiddlebox: true } as const;
  const bus = await connectBus(flags, identity, { signal, onProblem });
  return {
    ask: async (query) => {
      const subject = subjects.inverse(query.host);
      const payload = codecs.inverseQuery.encode(query);
      const answer = await bus.request(subject, payload, { timeoutMs: answerTimeoutMs, signal });
      return codecs.inverseReply.decode(answer, subject);
    },
    close: () => bus.close(),
  };
}

function bySocket(server: string | undefined): WayToController {
  const client = new ControllerClient(server);
  return {
    ask: (query) =>
      client.post<InverseReply>(`/v1/inverse/${query.host}`, {
        timeoutMs: answerTimeoutMs,
        body: codecs.inverseQuery.encode(query),
      }),
    close: () => Promise.resolve(),
  };
}
