/** Whose messages a customization sees. Addresses are 4 or 16 bytes, as the IP version says. */
export interface FlowContext {
  protocol: "UDP" | "TCP";
  role: "sender" | "receiver";
  local: { address: Uint8Array; port: number };
  remote: { address: Uint8Array; port: number };
  process: number;
  /** Names (comm) of the thread that uses the socket, and of its process. */
  task: string;
  group: string;
}

export const flowContextBytes = 80;
/** `comm` of a task, without the zero behind it. */
const nameBytesMax = 15;

/** What is told with each message, beside the flow's context. */
export const flowFlags = {
  /** The stream ends behind these bytes. */
  end: 1,
  /** The answer will not be used: the customization is deactivated. */
  inactive: 2,
  /** The flow was attached while it ran: its beginning has not been seen. */
  attachedLate: 4,
  /** No more bytes came while the module waited for them. */
  waited: 8,
} as const;

/** The context block of decision 0016, its flags zero; little-endian but for the addresses. */
export function encodeFlowContext(context: FlowContext): Uint8Array<ArrayBuffer> {
  const { local, remote } = context;
  const block = new Uint8Array(flowContextBytes);
  const view = new DataView(block.buffer);
  view.setUint8(4, context.protocol === "TCP" ? 6 : 17);
  view.setUint8(5, local.address.length === 16 ? 6 : 4);
  view.setUint8(6, context.role === "receiver" ? 1 : 0);
  view.setUint16(8, local.port, true);
  view.setUint16(10, remote.port, true);
  block.set(local.address, 12);
  block.set(remote.address, 28);
  view.setUint32(44, context.process, true);
  block.set(Buffer.from(context.task).subarray(0, nameBytesMax), 48);
  block.set(Buffer.from(context.group).subarray(0, nameBytesMax), 64);
  return block;
}
