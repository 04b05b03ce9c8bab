import type { Problem } from "../../schemas/mod.ts";
import type { MessageHandler, SubscribeOptions, Subscription } from "../bus.ts";
import { defaults } from "../defaults.ts";
import { Intake } from "../intake.ts";
import { InterestTree } from "../interest.ts";

interface Member {
  intake: Intake;
  queue: string | undefined;
}

/** Subscriptions of one process, and who gets what. */
export class Subscribers {
  readonly #interest = new InterestTree<Member>();
  #turn = 0;

  add(
    filter: string,
    handler: MessageHandler,
    options: SubscribeOptions & { onProblem: (problem: Problem) => void },
  ): Subscription {
    const live: { handler: MessageHandler | undefined } = { handler };
    const intake = new Intake({
      handler: (message) => live.handler?.(message),
      pendingMax: options.pendingMax ?? defaults.pendingMax,
      onProblem: options.onProblem,
    });
    const member: Member = { intake, queue: options.queue };
    this.#interest.add(filter, member);
    return {
      unsubscribe: () => {
        live.handler = undefined;
        this.#interest.remove(filter, member);
      },
    };
  }

  /** Everyone who is to get a message: all that are in no queue group, and one of each group, by turns. */
  receivers(subject: string): Intake[] {
    const receivers: Intake[] = [];
    const groups = new Map<string, Intake[]>();
    for (const { queue, intake } of this.#interest.match(subject)) {
      if (queue === undefined) receivers.push(intake);
      else groups.set(queue, [...(groups.get(queue) ?? []), intake]);
    }
    const turn = this.#turn++;
    for (const group of groups.values()) receivers.push(group[turn % group.length] as Intake);
    return receivers;
  }
}
