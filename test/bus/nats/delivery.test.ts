import { test } from "uvu";
import * as assert from "uvu/assert";
import { readDelivery } from "../../../bus/nats/delivery.ts";

test("both forms of an acknowledgement's subject are read, and nothing else", () => {
  const delivery = { streamSequence: 42, consumerSequence: 7, atMs: 1_700_000_000_000, pending: 3 };
  const tail = "1.42.7.1700000000000000000.3";
  assert.equal(readDelivery(`$JS.ACK.stream.consumer.${tail}`), delivery);
  assert.equal(readDelivery(`$JS.ACK.domain.hash.stream.consumer.${tail}.random`), delivery);
  assert.equal(readDelivery(`$JS.ACK.domain.hash.stream.consumer.${tail}`), delivery);
  for (const wrong of ["", "a.b", "$JS.ACK.s.c.1.x.7.1.3", `$JS.NAK.s.c.${tail}`, `$JS.ACK.x.s.c.${tail}`]) {
    assert.is(readDelivery(wrong), undefined, wrong);
  }
});

test.run();
