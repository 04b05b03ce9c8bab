import { test } from "uvu";
import * as assert from "uvu/assert";
import { flowsOfCapture } from "../../../cli/inverse/flows-of-capture.ts";
import { readCapture } from "../../../cli/module/read-capture.ts";
import { writeCapture } from "../../../cli/module/write-capture.ts";
import { packet } from "./packets.ts";

type Packet = ReturnType<typeof packet>;

const flowsOf = (...packets: Packet[]): string[] =>
  flowsOfCapture(readCapture(writeCapture(packets, false))).map(({ flow, messages }) => {
    const { protocol, source, destination } = flow;
    const texts = messages.map((message) => Buffer.from(message).toString());
    return `${protocol} ${source.address} ${source.port} > ${destination.address} ${destination.port}: ${texts}`;
  });

const request = { source: ["10.0.0.9", 4_000], destination: ["10.0.0.53", 53] } as {
  source: [string, number];
  destination: [string, number];
};
const answer = { source: request.destination, destination: request.source };

test("datagrams are told apart by flow and direction", () => {
  const flows = flowsOf(
    packet(request, "one"),
    packet(answer, "yes"),
    packet(request, "two"),
    packet(request, ""),
  );
  assert.equal(flows, ["UDP 10.0.0.9 4000 > 10.0.0.53 53: one,two", "UDP 10.0.0.53 53 > 10.0.0.9 4000: yes"]);
});

test("IPv6 is read alike", () => {
  const six = { source: ["fd00::9", 1], destination: ["fd00::53", 53] } as typeof request;
  assert.equal(flowsOf(packet(six, "one")), ["UDP fd00::9 1 > fd00::53 53: one"]);
});

test("a stream has each byte once, in order, whatever was sent again, and over the end of the numbers", () => {
  const from = 0xffff_fffd;
  const at = (offset: number, text: string): Packet => packet(request, text, { sequence: from + offset });
  const flows = flowsOf(
    packet(request, "", { sequence: from - 1, isSyn: true }),
    at(0, "abcd"),
    at(0, "abcd"),
    at(2, "cdef"),
    at(20, "lost before it"),
    at(6, "gh"),
  );
  assert.equal(flows, ["TCP 10.0.0.9 4000 > 10.0.0.53 53: abcd,ef,gh"]);
});

test("what is no UDP or TCP, cut short, or a fragment is passed over", () => {
  const other = packet(request, "one");
  other.bytes[9] = 1;
  const fragment = packet(request, "one");
  fragment.bytes[6] = 0x20;
  const short = { timeMs: 0, bytes: packet(request, "one").bytes.subarray(0, 24) };
  const tiny = { timeMs: 0, bytes: Uint8Array.of(0x45) };
  assert.equal(flowsOf(other, fragment, short, tiny), []);
});

test.run();
