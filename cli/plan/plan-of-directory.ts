import {
  Compiler,
  diff,
  type HostItem,
  type InstanceOf,
  Intake,
  openSource,
  type PlanReply,
} from "../../controller/mod.ts";
import type { Artifact, ObservedUnit, Problem } from "../../schemas/mod.ts";
import type { ControllerClient } from "../client/controller-client.ts";
import { standardModules } from "../standard-modules.ts";

export type DirectoryPlan =
  | { kind: "plan"; plan: PlanReply }
  | { kind: "invalid"; problems: readonly Problem[] };

/** What a directory's objects would have sent, given what the hosts of a running controller have now. */
export async function planOfDirectory(path: string, client: ControllerClient): Promise<DirectoryPlan> {
  const source = openSource(path);
  try {
    await source.start();
    if (!source.latest) return { kind: "invalid", problems: source.problems };
    const { revision, objects, problems } = await new Intake(standardModules).read(source.latest);
    if (problems.length > 0) return { kind: "invalid", problems };
    const { items } = await client.get<{ items: HostItem[] }>("/v1/hosts?units=true");
    const compiler = new Compiler({ instance: (of) => knownInstance(items, of) });
    compiler.update(objects);
    const observed = new Map(items.map((item) => [item.host, (item.observed ?? []) as ObservedUnit[]]));
    const hosts = [...new Set([...compiler.hosts(), ...observed.keys()])].sort();
    const plans = hosts.map((host) => ({
      host,
      commands: diff(compiler.unitsOf(host), observed.get(host) ?? []),
    }));
    return { kind: "plan", plan: { revision, hosts: plans.filter(({ commands }) => commands.length > 0) } };
  } finally {
    await source.close();
  }
}

/** The controller alone can make one; what it has not made yet stands for something that would be installed. */
function knownInstance(items: readonly HostItem[], { host, unit, module }: InstanceOf): Artifact {
  const known = items
    .find((item) => item.host === host)
    ?.instances?.find((instance) => instance.unit === unit && instance.module === module);
  return known?.artifact ?? { name: "instance", digest: "0".repeat(64), bytes: 0, private: true };
}
