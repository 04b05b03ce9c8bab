/** What a customization counts, by name. */
export type StateReport = Readonly<Record<string, number>>;

export const reportBytesMax = 4096;
export const reportEntriesMax = 32;
const nameOfEntry = /^[A-Za-z][A-Za-z0-9_]{0,47}$/;

/** Reads a report (its size as u32, then a flat JSON object of numbers), or answers what is wrong with it. */
export function readStateReport(memory: Uint8Array<ArrayBuffer>, pointer: number): StateReport | string {
  if (pointer === 0 || pointer + 4 > memory.length)
    return `its address ${pointer} is outside the guest's memory`;
  const length = new DataView(memory.buffer).getUint32(pointer, true);
  if (length > reportBytesMax) return `${length} bytes are more than ${reportBytesMax}`;
  if (pointer + 4 + length > memory.length) return "it ends outside the guest's memory";
  const text = new TextDecoder().decode(memory.subarray(pointer + 4, pointer + 4 + length));
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) return "it is no JSON object";
  const entries = Object.entries(found);
  if (entries.length > reportEntriesMax) return `${entries.length} entries are more than ${reportEntriesMax}`;
  for (const [name, value] of entries) {
    if (!nameOfEntry.test(name)) return `a name in it does not match ${nameOfEntry.source}`;
    if (typeof value !== "number" || !Number.isFinite(value)) return `"${name}" is no finite number`;
  }
  return Object.fromEntries(entries);
}
