import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Connection } from "../../../daemon/sleep/connection.ts";
import type { Connections } from "../../../daemon/sleep/connections.ts";
import { Outbox } from "../../../daemon/sleep/outbox.ts";
import type { Rule } from "../../../daemon/sleep/rule.ts";
import { StreamRules } from "../../../daemon/sleep/stream-rules.ts";

const nothing = (): void => undefined;

/** A rule of which there is only what is counted. */
function ruleOf(): Rule {
  const gate = { enter: nothing, leave: nothing };
  return { counts: { refused: 0 }, gate, streams: {}, noteAnswered: nothing } as unknown as Rule;
}

function connectionOf(rule: Rule): Connection {
  return {
    rule,
    outbox: new Outbox(),
    stage: { kind: "speaking" },
    doomed: false,
  } as unknown as Connection;
}

function rulesWith(...connections: Connection[]): StreamRules {
  return new StreamRules({ get: (number: number) => connections[number] } as unknown as Connections);
}

/** Has the rule say these many bytes on a connection, in one call. */
function say(rules: StreamRules, rule: Rule, number: number, bytes: number): void {
  rules.run(rule, () => {
    rules.send(number, new Uint8Array(bytes), 0, bytes);
    return undefined;
  });
}

test("a peer that does not read has 256 KiB kept for it, and is broken off for more", () => {
  const rule = ruleOf();
  const connection = connectionOf(rule);
  const rules = rulesWith(connection);
  for (let count = 0; count < 4; count += 1) say(rules, rule, 0, 64 * 1024);
  assert.not.ok(connection.doomed);
  assert.is(connection.outbox.bytes, 256 * 1024);
  say(rules, rule, 0, 1);
  assert.ok(connection.doomed);
  assert.is(connection.outbox.bytes, 256 * 1024);
  assert.ok(rules.touched.has(connection));
});

for (const [what, speak] of [
  ["send", (rules: StreamRules) => rules.send(0, new Uint8Array(9), 0, 9)],
  ["close", (rules: StreamRules) => rules.close(0)],
  ["reset", (rules: StreamRules) => rules.reset(0)],
  ["handOver", (rules: StreamRules) => rules.handOver(0, new Uint8Array(9), 0, 9)],
] as const) {
  test(`a rule's ${what} on another's connection is refused and counted, and changes nothing`, () => {
    const [own, other] = [ruleOf(), ruleOf()];
    const connection = connectionOf(own);
    const rules = rulesWith(connection);
    rules.run(other, () => {
      speak(rules);
      return undefined;
    });
    assert.is(other.counts.refused, 1);
    assert.equal([connection.stage.kind, connection.doomed, connection.outbox.bytes], ["speaking", false, 0]);
    assert.is(rules.wanted, false);
    assert.is(rules.touched.size, 0);
  });
}

test("on a connection that it has closed or handed over a rule has no more to say", () => {
  const rule = ruleOf();
  for (const stage of ["closing", "ended", "held"]) {
    const connection = connectionOf(rule);
    connection.stage = { kind: stage } as Connection["stage"];
    say(rulesWith(connection), rule, 0, 5);
    assert.is(connection.outbox.bytes, 0, stage);
  }
  assert.is(rule.counts.refused, 3);
});

test.run();
