/** What the layer 4.5 engine is given for one end of a Customization. Artifact "module" is the WASM module. */
export interface Layer45UnitSpec {
  /** The side of the flow this host is, as seen by outgoing messages. */
  role: "sender" | "receiver";
  /** Which sockets; what is absent matches everything. */
  tap: {
    protocol: "UDP" | "TCP";
    /** Names (comm) of the thread that uses the socket, and of its process. */
    application: { task?: string; group?: string };
    local: { address?: string; port?: number };
    remote: { address?: string; port?: number };
  };
  /** immediate: live sockets too; new: only sockets opened from now on. */
  attach: "immediate" | "new";
  /** Handed to the module as JSON. */
  config: unknown;
  /** How often the module is asked for its statistics. */
  monitorIntervalMs: number;
  /** How often it is challenged; absent: never. */
  challengeIntervalMs?: number;
  limits: { memoryBytes: number; timeMs: number };
  /** What becomes of a message whose module fails. */
  onFault: "drop" | "accept";
}
