import type { StateName } from "./state-names.ts";

export interface HostFlags {
  proxy: { address: string; port: number };
  proxyName?: string;
  ca?: string;
  cert?: string;
  key?: string;
  plain?: boolean;
  interface?: string;
  /** Milliseconds. */
  timeout: number;
  rules?: string;
  with?: StateName[];
}
