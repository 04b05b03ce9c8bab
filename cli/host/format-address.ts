/** An address of 4 or 16 bytes as text: not in the shortest form, but in one only, so that texts can be compared. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: 8 }, (_, index) => view.getUint16(index * 2).toString(16)).join(":");
}

/** The prefix that holds this address and no other. */
export function wholePrefix(address: string): string {
  return `${address}/${address.includes(":") ? 128 : 32}`;
}
