/** State of a host that rules can be made of when it goes to sleep (`state-rules.ts`). */
export const stateNames = ["tcp-connections", "igmp", "dhcp", "mdns"] as const;
export type StateName = (typeof stateNames)[number];
