/** A query of DNS as dig writes it: RD and AD, and EDNS with a cookie. */
export function dnsQuery(
  name: string,
  options: {
    type?: number;
    id?: number;
    flags?: number;
    edns?: boolean;
    more?: Buffer;
    counts?: number[];
  } = {},
): Buffer {
  const { type = 1, id = 0x1234, flags = 0x0120, edns = true, more = Buffer.alloc(0), counts } = options;
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(flags, 2);
  (counts ?? [1, 0, 0, edns ? 1 : 0]).forEach((count, index) => {
    header.writeUInt16BE(count, 4 + 2 * index);
  });
  const labels = name
    .split(".")
    .filter((label) => label !== "")
    .map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  const question = Buffer.concat([...labels, Buffer.of(0, type >> 8, type & 255, 0, 1)]);
  const cookie = Buffer.from("00002904d00000000000" + "0c" + "000a0008" + "0102030405060708", "hex");
  const record = Buffer.concat([cookie.subarray(0, 9), Buffer.of(0, 12), cookie.subarray(11)]);
  return Buffer.concat([header, question, edns ? record : Buffer.alloc(0), more]);
}
