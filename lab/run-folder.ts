/**
 * All files of a lab are in a folder of its sandbox's private /run: state of daemons and controller, sockets, and what
 * others need to know of it. It is memory of the mount namespace, so nothing is left when that ends, however it ends.
 * From outside it is found under /proc/PID/root.
 */
const folder = "/run/netloom";

export const runFolder = {
  folder,
  /** Description of the lab, as JSON (`LabDescription`). */
  description: `${folder}/lab.json`,
  /** What may be asked of the lab itself. */
  control: `${folder}/lab.sock`,
  /** The controller's API. */
  api: `${folder}/controller.sock`,
  /** The bus, for daemons in other namespaces, where it is a nats-server. */
  nats: `${folder}/nats.sock`,
  /** What the daemon of a host keeps. */
  daemon: (netns: string): string => `${folder}/hosts/${netns}`,
  /** What the source of a git repository keeps. */
  source: `${folder}/source`,
} as const;

/** What a running lab says of itself to whoever finds it. */
export interface LabDescription {
  name: string;
  /** Where its objects come from. */
  location: string;
  started: string;
  hosts: { id: string; netns: string }[];
}
