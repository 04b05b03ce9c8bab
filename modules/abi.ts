import type { Signature, ValueType } from "./shape.ts";

/** What one kind of guest must and may export, and nothing of how it is called. */
export interface Abi {
  name: string;
  /** Functions that must be there; each lists the signatures it may have. */
  required: Readonly<Record<string, readonly Signature[]>>;
  /** Of these optional functions one at least must be there. */
  either?: readonly string[];
  /** Functions that may be there, and then have one of these signatures. */
  optional: Readonly<Record<string, readonly Signature[]>>;
}

const takes = (...parameters: ValueType[]) => ({
  nothing: { parameters, results: [] } as Signature,
  pointer: { parameters, results: ["i32"] } as Signature,
});

/** Shared by every ABI: how the host gets memory in the guest, and how it hands over the configuration. */
const memoryFunctions = { allocate: [takes("i32").pointer], deallocate: [takes("i32").nothing] };
const configureFunction = { configure: [takes("i32", "i32").pointer, takes("i32", "i32", "i32").pointer] };

/**
 * Rules of the sleep proxy (sloth-sleep-proxy §3.6): `initialize`, `on_wakeup` and `on_timer` as there; `configure` is
 * an addition of ours. docs/writing-modules.md says the whole of it.
 */
export const sleepAbi: Abi = {
  name: "sleep",
  required: { ...memoryFunctions, process_packet: [takes("i32").pointer] },
  optional: {
    ...configureFunction,
    _initialize: [takes().nothing],
    initialize: [takes().nothing],
    on_wakeup: [takes().pointer],
    on_timer: [takes().pointer],
  },
};

/**
 * Rules that speak on TCP connections (sloth-sleep-proxy §6.3, which leaves open how). `stream_data` gets a connection's
 * number and a block (size, bytes); docs/writing-modules.md says the whole of it.
 */
export const streamAbi: Abi = {
  name: "stream",
  required: { ...memoryFunctions, stream_data: [takes("i32", "i32").pointer] },
  optional: {
    ...configureFunction,
    _initialize: [takes().nothing],
    initialize: [takes().nothing],
    stream_open: [takes("i32", "i32").pointer],
    stream_end: [takes("i32").pointer],
    stream_close: [takes("i32").nothing],
    on_timer: [takes().pointer],
  },
};

/** Modules that customize messages of live flows (layer-4.5 table 2.3); decision 0016 says the whole of it. */
export const customizationAbi: Abi = {
  name: "layer45",
  required: memoryFunctions,
  either: ["cust_send", "cust_recv"],
  optional: {
    ...configureFunction,
    _initialize: [takes().nothing],
    initialize: [takes().nothing],
    directions: [takes().pointer],
    both_ends: [takes().nothing],
    flow_open: [takes("i32", "i32").pointer],
    flow_close: [takes("i32").nothing],
    cust_send: [takes("i32", "i32", "i32").pointer],
    cust_recv: [takes("i32", "i32", "i32").pointer],
    state_report: [takes().pointer],
    sec_initialize: [takes("i32").nothing],
    sec_respond: [takes("i32").pointer],
  },
};
