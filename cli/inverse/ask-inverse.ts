import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { type InverseQuery, type InverseReply, limits } from "../../bus/mod.ts";
import { fail, ProblemError, type SeenEnd, type SeenFlow } from "../../schemas/mod.ts";
import type { InverseFlags } from "../inverse.ts";
import { MalformedCapture, readCapture } from "../module/read-capture.ts";
import { type CapturedFlow, flowsOfCapture } from "./flows-of-capture.ts";
import { type WayToController, wayToController } from "./way-to-controller.ts";

/** After a hasty question. */
const pauseMs = 1_000;
const attemptsMax = 5;

interface Answered {
  flow: SeenFlow;
  reply: InverseReply;
}

/** Asks about each flow of a capture, or about standard input. Returns the exit status. */
export async function askInverse(capture: string | undefined, flags: InverseFlags): Promise<number> {
  const flows = capture === undefined ? [await ofStandardInput(flags.flow)] : await ofFile(capture);
  const way = await wayToController(flags);
  let isAllRead = true;
  try {
    for (const { flow, messages } of flows.flatMap(intoQuestions)) {
      const encoded = messages.map((message) => Buffer.from(message).toString("base64"));
      const reply = await ask(way, { host: flags.host, flow, messages: encoded });
      isAllRead &&= reply.kind === "plain";
      print({ flow, reply }, flags.output);
    }
  } finally {
    await way.close();
  }
  return isAllRead ? 0 : 1;
}

async function ask(way: WayToController, query: InverseQuery): Promise<InverseReply> {
  for (let attempt = 1; ; attempt++) {
    const reply = await way.ask(query);
    const isHasty = reply.kind === "rejected" && reply.problem.code === "inverse.hasty";
    if (!isHasty || attempt === attemptsMax) return reply;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Of datagrams as many as one question may have; of a stream its beginning, as far as one question goes. */
function intoQuestions({ flow, messages }: CapturedFlow): CapturedFlow[] {
  const questions: CapturedFlow[] = [];
  let bytes = 0;
  for (const message of messages) {
    const last = questions.at(-1);
    const fits = last && last.messages.length < limits.inverseMessagesMax;
    if (fits && bytes + message.length <= limits.inverseBytesMax) last.messages.push(message);
    else if (last && flow.protocol === "TCP") break;
    else {
      questions.push({ flow, messages: [message] });
      bytes = 0;
    }
    bytes += message.length;
  }
  return questions;
}

async function ofStandardInput(flow: SeenFlow | undefined): Promise<CapturedFlow> {
  if (!flow) return fail("capture.no-flow", {});
  return { flow, messages: [await buffer(process.stdin)] };
}

async function ofFile(path: string): Promise<CapturedFlow[]> {
  try {
    return flowsOfCapture(readCapture(await readFile(path)));
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const reason = (error as Error).message;
    if (!(error instanceof MalformedCapture) && (error as NodeJS.ErrnoException).code === undefined)
      throw error;
    return fail("capture.malformed", { file: path, reason }, { cause: error });
  }
}

function print({ flow, reply }: Answered, output: InverseFlags["output"]): void {
  if (output === "json") process.stdout.write(`${JSON.stringify({ flow, ...reply })}\n`);
  else if (output === "text") process.stdout.write(textOf({ flow, reply }));
  else if (reply.kind === "plain") {
    for (const message of reply.messages) process.stdout.write(Buffer.from(message, "base64"));
  } else process.stderr.write(`netloom: ${reply.problem.message}\n`);
}

function textOf({ flow: { protocol, source, destination }, reply }: Answered): string {
  const head = `${protocol} ${endText(source)} > ${endText(destination)}`;
  if (reply.kind === "rejected") return `${head}  rejected: ${reply.problem.message}\n`;
  const lines = reply.messages.map((message) => `  ${Buffer.from(message, "base64").toString("hex")}\n`);
  return `${head}  ${reply.customization}\n${lines.join("")}`;
}

const endText = ({ address, port }: SeenEnd): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
