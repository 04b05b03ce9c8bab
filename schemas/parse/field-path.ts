/** Members and indexes from an object's root: ["spec", "ends", 0, "tap"]. */
export type FieldPath = readonly (string | number)[];

const partCharsMax = 80;

/** As people write it: `spec.ends[0].tap`, `metadata.labels["a.b/c"]`. Overlong names are cut. */
export function fieldText(path: FieldPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (part.length > partCharsMax) text += `[${JSON.stringify(`${part.slice(0, partCharsMax)}...`)}]`;
    else if (!/^[A-Za-z_][\w-]*$/.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text === "" ? "the object" : text;
}

/** What the path leads to, or undefined. Only own members count. */
export function valueAt(root: unknown, path: FieldPath): unknown {
  let value: unknown = root;
  for (const part of path) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}
