import { type Bus, codecs, subjects } from "../bus/mod.ts";
import { type HostId, ProblemError } from "../schemas/mod.ts";

const replyTimeoutMs = 5_000;

/**
 * Tells the proxy of a host that it goes to sleep or woke, as the host itself would. Resolves when the proxy has taken
 * over or let go; rejects with its problem, or with `bus.unavailable`.
 */
export async function announcePower(
  bus: Bus,
  { host, proxy, state }: { host: HostId; proxy: HostId; state: "asleep" | "awake" },
): Promise<void> {
  const subject = subjects.power(proxy, host);
  const message = codecs.powerMessage.encode({ host, state });
  const answer = await bus.request(subject, message, { timeoutMs: replyTimeoutMs });
  const reply = codecs.powerReply.decode(answer, subject);
  if (reply.kind === "nack") throw new ProblemError(reply.problem);
}
