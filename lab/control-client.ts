import { request } from "node:http";
import { type Problem, ProblemError, problem } from "../schemas/mod.ts";
import type { HostState } from "./control-server.ts";
import { pathInLab, type RunningLab } from "./find-lab.ts";
import { runFolder } from "./run-folder.ts";

const answerTimeoutMs = 30_000;

/** Has a host of a lab sleep or wake; resolves when it does. Rejects with the lab's problem, or `lab.unreachable`. */
export async function askPower(lab: RunningLab, host: string, verb: "sleep" | "wake"): Promise<void> {
  await ask(lab, "POST", `/hosts/${encodeURIComponent(host)}/${verb}`);
}

/** What the hosts of a lab are now. */
export async function askHosts(lab: RunningLab): Promise<HostState[]> {
  return (await ask(lab, "GET", "/hosts")) as HostState[];
}

/** Asks a lab to end; resolves when it has begun to. */
export async function askEnd(lab: RunningLab): Promise<void> {
  await ask(lab, "POST", "/end");
}

function ask(lab: RunningLab, method: "GET" | "POST", path: string): Promise<unknown> {
  const { name } = lab;
  return new Promise((done, failed) => {
    const asked = request({
      socketPath: pathInLab(lab, runFolder.control),
      method,
      path,
      timeout: answerTimeoutMs,
    });
    asked.on("timeout", () => asked.destroy(new Error(`no answer after ${answerTimeoutMs} ms`)));
    asked.on("error", (error) => failed(unreachable(name, error.message)));
    asked.on("response", async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { problem?: Problem };
        if (body.problem) failed(new ProblemError(body.problem));
        else done(body);
      } catch (error) {
        failed(unreachable(name, (error as Error).message));
      }
    });
    asked.end();
  });
}

function unreachable(name: string, reason: string): ProblemError {
  return new ProblemError(problem("lab.unreachable", { name, reason }));
}
