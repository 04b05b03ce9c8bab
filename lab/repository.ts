import type { Source } from "../controller/mod.ts";
import { type Check, fail, type Host, ProblemError, parseRepository } from "../schemas/mod.ts";

/** What a repository says that only a lab reads. */
export interface LabRepository {
  hosts: Host[];
  checks: Check[];
}

/**
 * Reads the hosts and checks of a source that was started: those that are valid by themselves, each name once. Rejects
 * with the source's problem when it has no snapshot, and with `lab.no-hosts`.
 */
export async function readRepository(source: Source): Promise<LabRepository> {
  const { latest: snapshot, location } = source;
  if (snapshot === undefined) {
    const [found] = source.problems;
    throw found ? new ProblemError(found) : new Error(`${location} has neither snapshot nor problem`);
  }
  const { objects, problems } = await parseRepository(snapshot);
  const named = [...new Map(objects.map(({ ref, object }) => [ref, object])).values()];
  const hosts = named.filter((object) => object.kind === "Host");
  const checks = named.filter((object) => object.kind === "Check");
  if (hosts.length === 0) fail("lab.no-hosts", { location, problems: problems.length });
  return { hosts, checks };
}
