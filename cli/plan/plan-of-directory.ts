import { Compiler, diff, type HostItem, Intake, openSource, type PlanReply } from "../../controller/mod.ts";
import { type ObservedUnit, ProblemError } from "../../schemas/mod.ts";
import type { ControllerClient } from "../client/controller-client.ts";
import { standardModules } from "../standard-modules.ts";

/** What a directory's objects would have sent, given what the hosts of a running controller have now. */
export async function planOfDirectory(path: string, client: ControllerClient): Promise<PlanReply> {
  const source = openSource(path);
  try {
    await source.start();
    const [unreadable] = source.problems;
    if (!source.latest)
      throw unreadable ? new ProblemError(unreadable) : new Error(`nothing was read from ${path}`);
    const { revision, objects, problems } = await new Intake(standardModules).read(source.latest);
    const [first] = problems;
    if (first) throw new ProblemError(first);
    const compiler = new Compiler();
    compiler.update(objects);
    const { items } = await client.get<{ items: HostItem[] }>("/v1/hosts?units=true");
    const observed = new Map(items.map((item) => [item.host, (item.observed ?? []) as ObservedUnit[]]));
    const hosts = [...new Set([...compiler.hosts(), ...observed.keys()])].sort();
    const plans = hosts.map((host) => ({
      host,
      commands: diff(compiler.unitsOf(host), observed.get(host) ?? []),
    }));
    return { revision, hosts: plans.filter(({ commands }) => commands.length > 0) };
  } finally {
    await source.close();
  }
}
