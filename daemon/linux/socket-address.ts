/** Families of addresses (linux/socket.h). */
export const [AF_INET, AF_INET6] = [2, 10] as const;
export const socketAddressBytesMax = 28;

export const familyOf = (address: Uint8Array): number => (address.length === 4 ? AF_INET : AF_INET6);

/**
 * struct sockaddr_in: family, port, address; struct sockaddr_in6: family, port, flow, address, scope.
 * @param address 4 or 16 bytes, network order
 */
export function socketAddress(address: Uint8Array, port: number): Uint8Array {
  const isIpv4 = address.length === 4;
  const name = new Uint8Array(isIpv4 ? 16 : socketAddressBytesMax);
  const view = new DataView(name.buffer);
  view.setUint16(0, familyOf(address), true);
  view.setUint16(2, port);
  name.set(address, isIpv4 ? 4 : 8);
  return name;
}
