import { readlinkSync } from "node:fs";
import { fail, type HostId } from "../schemas/mod.ts";
import { pathInLab, type RunningLab } from "./find-lab.ts";

/** The host of a lab that "gw-1" or "site/gw-1" names. Throws `lab.host-unknown`. */
export function hostInLab<T extends { id: HostId }>(hosts: readonly T[], name: string): T {
  const id = name.includes("/") ? name : `default/${name}`;
  const hostNames = hosts.map((host) => host.id.replace(/^default\//, ""));
  return hosts.find((host) => host.id === id) ?? fail("lab.host-unknown", { host: name, hosts: hostNames });
}

/**
 * The command, as program and arguments, that runs `command` on a host of a lab: in its network namespace and the lab's
 * mounts and processes, as root of the lab, in the folder it is called in. It ends when the lab does.
 */
export function commandInLab(
  lab: RunningLab,
  host: string,
  command: readonly string[],
): [string, ...string[]] {
  const { netns } = hostInLab(lab.hosts, host);
  const foreignUser = readlinkSync("/proc/self/ns/user") !== readlinkSync(`/proc/${lab.pid}/ns/user`);
  return [
    "nsenter",
    `--target=${lab.pid}`,
    ...(foreignUser ? ["--user", "--preserve-credentials"] : []),
    "--mount",
    "--pid",
    `--net=${pathInLab(lab, `/run/netns/${netns}`)}`,
    `--wdns=${process.cwd()}`,
    "--",
    ...command,
  ];
}
