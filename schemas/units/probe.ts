/**
 * What the probe engine is given for a MonitoringFunction: what to observe, and the function that its events are for.
 * Artifact "function" is the JavaScript or WASM program; an HTTP function has none.
 */
export interface ProbeUnitSpec {
  probe: {
    kind: "flow" | "scan";
    interface: string;
    /** Between two readings of the flow table. */
    intervalMs: number;
    /** Entries of the flow table. */
    flowsMax: number;
    /** Events are sent again until they are acknowledged. */
    acknowledged: boolean;
    /** Of event transactions: lambda-monitoring §5.2, or that of its published program. */
    layout: "document" | "wide";
  };
  function: { type: "javascript" | "wasm" } | { type: "http"; url: string; secret?: string };
  parameters: unknown;
  state: { keysMax: number; expireMs: number };
  limits: { memoryBytes: number; timeMs: number };
}
