const binary: Record<string, number> = {
  "": 1,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  k: 1e3,
  M: 1e6,
  G: 1e9,
};

/** "1Mi", "64Ki", "500k" in bytes. The text has passed its schema; anything else is a defect of the caller. */
export function quantityBytes(text: string): number {
  const found = /^(\d+)(Ki|Mi|Gi|k|M|G)?$/.exec(text);
  if (found === null) throw new RangeError(`"${text}" is no quantity`);
  return Number(found[1]) * (binary[found[2] ?? ""] as number);
}

/** "1G", "100M", "2.5M" in bits a second. The text has passed its schema; anything else is a defect of the caller. */
export function rateBits(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(k|M|G)?$/.exec(text);
  if (found === null) throw new RangeError(`"${text}" is no rate`);
  return Number(found[1]) * (binary[found[2] ?? ""] as number);
}
