import { createServer, type Server, type ServerResponse } from "node:http";
import { problemOf } from "../schemas/mod.ts";
import { hostInLab } from "./enter.ts";
import type { Lab } from "./lab.ts";
import { runFolder } from "./run-folder.ts";

/** What a host is in a lab now. */
export interface HostState {
  id: string;
  daemon: boolean;
  /** Absent for a host that never sleeps. */
  power?: "asleep" | "awake" | undefined;
}

/**
 * Answers what is asked of a lab from outside, over its socket (`control-client.ts` asks): `POST /hosts/NAME/sleep`,
 * `POST /hosts/NAME/wake`, `GET /hosts`, `POST /end`. Answers are JSON; what went wrong comes as `{ problem }`.
 */
export async function serveControl(lab: Lab, onEnd: () => void): Promise<Server> {
  const server = createServer(async (request, response) => {
    try {
      answer(response, 200, await act(lab, `${request.method} ${request.url}`, onEnd));
    } catch (error) {
      answer(response, 422, { problem: problemOf(error) });
    }
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", failed).listen(runFolder.control, listening);
  });
  return server;
}

async function act(lab: Lab, asked: string, onEnd: () => void): Promise<unknown> {
  if (asked === "GET /hosts") return hostStates(lab);
  if (asked === "POST /end") return onEnd();
  const [, name = "", verb] = /^POST \/hosts\/([^/]+)\/(sleep|wake)$/.exec(asked) ?? [];
  const { id } = hostInLab(lab.members, decodeURIComponent(name));
  if (verb === "sleep") return lab.sleepers.sleep(id);
  return lab.sleepers.wake(id);
}

function hostStates({ members, sleepers }: Lab): HostState[] {
  return members.map(({ id, daemon }) => ({ id, daemon, power: sleepers.stateOf(id) }));
}

function answer(response: ServerResponse, status: number, body: unknown = {}): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
