import type { HostReport } from "../../bus/mod.ts";
import type { HostId } from "../../schemas/mod.ts";
import { objectRefOfUnit } from "../compile/unit.ts";
import type { ObjectRef } from "../objects.ts";

/** Which customizations some host that is there has an end of, whoever wants it there: middleboxes may meet their messages. */
export class EndsSeen {
  readonly #byHost = new Map<HostId, { report: HostReport; objects: ReadonlySet<ObjectRef> }>();
  /** On how many hosts; what is on none is not listed. */
  readonly #counts = new Map<ObjectRef, number>();

  has(object: ObjectRef): boolean {
    return this.#counts.has(object);
  }

  /** Takes in what a host has; undefined when it is not there. Returns the customizations of which this was the last host. */
  note(host: HostId, report: HostReport | undefined): ObjectRef[] {
    const before = this.#byHost.get(host);
    if (before?.report === report) return [];
    const objects = new Set<ObjectRef>();
    for (const { id, engine } of report?.units ?? [])
      if (engine === "layer45") objects.add(objectRefOfUnit(id));
    if (report && objects.size > 0) this.#byHost.set(host, { report, objects });
    else this.#byHost.delete(host);
    for (const object of objects) if (!before?.objects.has(object)) this.#count(object, 1);
    const gone = [...(before?.objects ?? [])].filter((object) => !objects.has(object));
    for (const object of gone) this.#count(object, -1);
    return gone.filter((object) => !this.#counts.has(object));
  }

  #count(object: ObjectRef, change: 1 | -1): void {
    const count = (this.#counts.get(object) ?? 0) + change;
    if (count === 0) this.#counts.delete(object);
    else this.#counts.set(object, count);
  }
}
