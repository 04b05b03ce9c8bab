/** Protocol numbers of IP (IANA). */
export const ICMP: u32 = 1;
export const IGMP: u32 = 2;
export const TCP: u32 = 6;
export const UDP: u32 = 17;
export const ICMPV6: u32 = 58;
