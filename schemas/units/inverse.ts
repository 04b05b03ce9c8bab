import type { MiddleboxType } from "../middleboxes.ts";
import type { UnitId } from "../unit.ts";

/**
 * What the engine `inverse` is given to let a middlebox on its host read a customization. Artifact "plugin" is the file;
 * unit id "Customization/ns/name/inverse-TYPE-N". Its state does not count: what is installed is there.
 */
export interface InverseUnitSpec {
  role: "inverse";
  middlebox: MiddleboxType;
}

const inversePart = "inverse-";

export const inverseUnitId = (customization: string, middlebox: string, index: number): UnitId =>
  `${customization}/${inversePart}${middlebox}-${index}`;

/** Whether a unit lets a middlebox read a customization, and is none of its ends. */
export const isInverseUnit = (id: UnitId): boolean => id.split("/")[3]?.startsWith(inversePart) ?? false;
