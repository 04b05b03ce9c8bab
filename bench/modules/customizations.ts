import {
  CustomizationGuest,
  type CustomizedFlow,
  compileModule,
  customizationAbi,
  encodeFlowContext,
  standardModule,
} from "../../modules/mod.ts";

export interface CustomizationWork {
  name: string;
  /** Bytes that go in. */
  bytes: number;
  call(): void;
}

/** What shipped customizations are measured by: datagrams of DNS through both of their ends, a stream in blocks of 128 KiB. */
export function customizationWorks(): CustomizationWork[] {
  const query = dnsQuery();
  const block = Buffer.alloc(131_072, "a stream of bytes ");
  const tagged = outputOf("stream-tag", "TCP", block);
  return [
    datagramWork("dns-tag-front", query),
    datagramWork("dns-compress", query),
    work("stream-tag.send", "stream-tag", "sender", { protocol: "TCP", bytes: block }),
    work("stream-tag.receive", "stream-tag", "receiver", { protocol: "TCP", bytes: tagged }),
    work("stream-tag.plain", "stream-tag", "receiver", { protocol: "TCP", bytes: block }),
  ];
}

function datagramWork(module: string, query: Uint8Array): CustomizationWork {
  const sent = work(module, module, "sender", { protocol: "UDP", bytes: query });
  const received = work(module, module, "receiver", {
    protocol: "UDP",
    bytes: outputOf(module, "UDP", query),
  });
  return {
    ...{ name: module, bytes: query.length },
    call() {
      sent.call();
      received.call();
    },
  };
}

function work(
  name: string,
  module: string,
  role: "sender" | "receiver",
  { protocol, bytes }: { protocol: "UDP" | "TCP"; bytes: Uint8Array },
): CustomizationWork {
  const guest = start(module, role);
  const flow = flowOf(protocol, role);
  const target = new Uint8Array(2 * bytes.length + 65_536);
  const direction = role === "sender" ? "send" : "receive";
  return {
    ...{ name, bytes: bytes.length },
    call() {
      for (let at = 0; at < bytes.length; ) {
        const failed = guest[direction](flow, bytes, at, bytes.length - at);
        if (failed) throw new Error(failed.message);
        guest.answer.copyTo(target, 0);
        // A frame that the next block would finish: here it is the last.
        at += guest.answer.consumed || bytes.length - at;
      }
    },
  };
}

function outputOf(module: string, protocol: "UDP" | "TCP", bytes: Uint8Array): Uint8Array {
  const guest = start(module, "sender");
  const failed = guest.send(flowOf(protocol, "sender"), bytes, 0, bytes.length);
  if (failed) throw new Error(failed.message);
  const made = new Uint8Array(guest.answer.bytes);
  guest.answer.copyTo(made, 0);
  return made.subarray(0, 131_072);
}

function start(name: string, role: "sender" | "receiver"): CustomizationGuest {
  const compilation = compileModule(standardModule(name) ?? new Uint8Array(0), customizationAbi, name);
  if (compilation.kind === "refused") throw new Error(compilation.problems[0]?.message);
  return new CustomizationGuest(compilation.module, { role, limits: { memoryBytes: 1 << 20 } });
}

function flowOf(protocol: "UDP" | "TCP", role: "sender" | "receiver"): CustomizedFlow {
  const end = { address: Uint8Array.of(10, 0, 0, 1), port: 53 };
  const context = encodeFlowContext({
    ...{ protocol, role, local: end, remote: end, process: 1, task: "bench", group: "bench" },
  });
  return { number: 1, context, flags: 0 };
}

/** www.example.com A?, as dig asks it. */
function dnsQuery(): Uint8Array {
  const text = "12340120000100000000000103777777076578616d706c6503636f6d0000010001";
  return Buffer.from(`${text}00002904d0000000000000`, "hex");
}
