import type { RotationPlanReply, RotationReply } from "../../controller/mod.ts";

const way = (from: string | undefined, to: string): string => (from === undefined ? to : `${from} -> ${to}`);

/** Where a rotation stands, for people. */
export function rotationText({
  namespace,
  name,
  current,
  move,
  stages,
  next,
  history,
}: RotationReply): string {
  const lines = [`${namespace}/${name}: ${current ?? "nothing"} is in force`];
  if (move) {
    const until = move.deadline === undefined ? "" : `, until ${move.deadline}`;
    const held = move.held ? "held at" : "at";
    lines.push(
      `moving    ${way(move.from, move.to)} (${move.cause}), ${held} ${move.step} since ${move.since}${until}`,
    );
    if (move.waitingFor.length > 0) lines.push(`waiting   for ${move.waitingFor.join(", ")}`);
  }
  for (const [member, at] of Object.entries(stages)) lines.push(`member    ${member} ${at}`);
  if (next) lines.push(`next      ${next.to} at ${next.at}`);
  for (const { from, to, cause, ended, outcome, reason } of history) {
    const why = reason === undefined ? "" : `: ${reason}`;
    lines.push(`history   ${ended} ${way(from, to)} (${cause}) ${outcome}${why}`);
  }
  return `${lines.join("\n")}\n`;
}

/** The steps of a rotation, for people. */
export function planText({ from, to, steps }: RotationPlanReply): string {
  if (steps.length === 0) return `Nothing to do: ${to} is in force.\n`;
  const lines = steps.map(
    ({ step, what, hosts }, at) =>
      `${at + 1}. ${step.padEnd(15)} ${what}; on ${hosts.join(", ") || "no host"}`,
  );
  return `${way(from, to)}\n${lines.join("\n")}\nEach begins when every host shows the one before.\n`;
}
