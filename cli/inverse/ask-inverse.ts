import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { type Bus, codecs, type InverseReply, limits, subjects } from "../../bus/mod.ts";
import { fail, type HostId, ProblemError, type SeenEnd, type SeenFlow } from "../../schemas/mod.ts";
import { connectBus } from "../client/connect-bus.ts";
import { untilInterrupted } from "../client/run-command.ts";
import type { InverseFlags } from "../inverse.ts";
import { MalformedCapture, readCapture } from "../module/read-capture.ts";
import { type CapturedFlow, flowsOfCapture } from "./flows-of-capture.ts";

const answerTimeoutMs = 15_000;
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
  const signal = untilInterrupted();
  const onProblem = ({ message }: { message: string }): boolean =>
    process.stderr.write(`netloom: ${message}\n`);
  const bus = await connectBus(
    flags,
    { role: "host", host: flags.host, isMiddlebox: true },
    { signal, onProblem },
  );
  let isAllRead = true;
  try {
    for (const { flow, messages } of flows.flatMap(intoQuestions)) {
      const reply = await ask(bus, flags.host, { flow, messages, signal });
      isAllRead &&= reply.kind === "plain";
      print({ flow, reply }, flags.output);
    }
  } finally {
    await bus.close();
  }
  return isAllRead ? 0 : 1;
}

async function ask(
  bus: Bus,
  host: HostId,
  { flow, messages, signal }: CapturedFlow & { signal: AbortSignal },
): Promise<InverseReply> {
  const subject = subjects.inverse(host);
  const encoded = messages.map((message) => Buffer.from(message).toString("base64"));
  const payload = codecs.inverseQuery.encode({ host, flow, messages: encoded });
  for (let attempt = 1; ; attempt++) {
    const answer = await bus.request(subject, payload, { timeoutMs: answerTimeoutMs, signal });
    const reply = codecs.inverseReply.decode(answer, subject);
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
