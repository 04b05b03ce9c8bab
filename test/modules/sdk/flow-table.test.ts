import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildText } from "../build-text.ts";
import { flowOf, runCustomization } from "../run-customization.ts";

const flowsMax = 8;
/** Where a table of sixteen slots would put a flow. */
function homeOf(flow: number): number {
  const mixed = Math.imul(flow, 0x9e3779b1);
  return (mixed ^ (mixed >>> 16)) & 15;
}

/** Flows of a few slots next to each other, the last and the first among them. */
const neighbours = Array.from({ length: 200 }, (_, flow) => flow)
  .filter((flow) => (homeOf(flow) + 2) % 16 < 4)
  .slice(0, 20);

/** Keeps of each flow how many messages it sent, and answers with that number. */
const source = `import { answer, drop, FlowTable, message } from "netloom/customization";
  export { allocate, configure, deallocate } from "netloom";
  const flows = new FlowTable(4, ${flowsMax});
  const digit = memory.data<u8>([0]);
  export function flow_open(flow: u32, context: usize): u32 {
    return flows.open(flow) == 0 ? 1 : 0;
  }
  export function flow_close(flow: u32): void {
    flows.close(flow);
  }
  export function cust_send(flow: u32, block: usize, context: usize): usize {
    message.read(flow, block, context);
    const state = flows.find(flow);
    if (state == 0) return drop();
    store<u32>(state, load<u32>(state) + 1);
    store<u8>(digit, <u8>load<u32>(state));
    answer.begin().add(digit, 1);
    return answer.customized();
  }`;

test("flows are kept apart, forgotten when they close, and no more than so many", async () => {
  const wasm = await buildText(source, "ts");
  const number = fc.constantFrom(...neighbours);
  const step = fc.tuple(fc.constantFrom("open", "send", "close"), number);
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: "max" }), (steps) => {
      const guest = runCustomization(wasm);
      const expected = new Map<number, number>();
      for (const [what, flowNumber] of steps) {
        const flow = { ...flowOf("UDP"), number: flowNumber };
        const known = expected.get(flowNumber);
        if (what === "open") {
          const isOpened = known !== undefined || expected.size < flowsMax;
          assert.is(guest.openFlow(flow), isOpened);
          if (isOpened) expected.set(flowNumber, known ?? 0);
        } else if (what === "close") {
          guest.closeFlow(flow);
          expected.delete(flowNumber);
        } else {
          guest.send(flow, Buffer.from("x"), 0, 1);
          if (known === undefined) assert.is(guest.answer.verdict, 2);
          else {
            const seen = Buffer.alloc(1);
            guest.answer.copyTo(seen, 0);
            assert.is(seen[0], known + 1);
            expected.set(flowNumber, known + 1);
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test.run();
