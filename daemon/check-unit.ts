import { type Problem, problem, type Unit, unitDigest } from "../schemas/mod.ts";
import { isUnitId } from "./store/unit-file.ts";

const unitBytesMax = 1024 * 1024;
const artifactsPerUnitMax = 16;

/** What is wrong with a unit before anything of it was tried. */
export function checkUnit(unit: Unit): Problem | undefined {
  const invalid = (reason: string): Problem => problem("unit.invalid", { unit: unit.id, reason });
  if (!isUnitId(unit.id)) return invalid("its id is not of the form Kind/namespace/name");
  if (unit.artifacts.length > artifactsPerUnitMax) {
    return invalid(`it has ${unit.artifacts.length} artifacts; at most ${artifactsPerUnitMax} are taken`);
  }
  const bytes = Buffer.byteLength(JSON.stringify(unit));
  if (bytes > unitBytesMax) return invalid(`it has ${bytes} bytes; at most ${unitBytesMax} are taken`);
  const wanted = unitDigest(unit);
  if (wanted === unit.digest) return undefined;
  return problem("unit.digest-mismatch", { verb: "install", unit: unit.id, is: unit.digest, wanted });
}
