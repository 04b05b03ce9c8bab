import type { GuestInstance } from "../../modules/mod.ts";
import { fail, type Unit } from "../../schemas/mod.ts";
import type { LoopContext } from "../worker/mod.ts";

const instanceBytes = 36;

/**
 * Id (u32, little-endian) and key of a unit's module, from its private artifact `instance`; undefined when it has none. The
 * guest that is given them overwrites this copy, which is the only one.
 */
export function readInstance(unit: Unit, context: Pick<LoopContext, "artifact">): GuestInstance | undefined {
  const artifact = unit.artifacts.find(({ name }) => name === "instance");
  if (!artifact) return undefined;
  const content = context.artifact(artifact.digest);
  if (content.length !== instanceBytes) {
    return fail("unit.invalid", { unit: unit.id, reason: `its instance has ${content.length} bytes` });
  }
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  return { id: view.getUint32(0, true), key: content.subarray(4) };
}
