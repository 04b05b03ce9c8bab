import { test } from "uvu";
import * as assert from "uvu/assert";
import { heldMax } from "../../../../daemon/layer45/udp/delay-queue.ts";
import type { Application } from "../../linux/application.ts";
import { until } from "../../sleep/until.ts";
import {
  endlessModule,
  failingModule,
  replaceModule,
  slowModule,
  tag,
  tagModule,
  touchyModule,
} from "../modules.ts";
import { RunningEngine } from "../running-engine.ts";
import { connect, makeLink, port, run, startBoth } from "./two-hosts.ts";

let engine: RunningEngine;
let both: { alpha: Application; beta: Application };
const say = (text: string) => both.alpha.do(`s.send(b"${text}")`);
const heard = () => both.beta.do("result = got(s)");
const nothing = () => both.beta.do("result = nothing(s)");
const fromAlpha = { application: { group: "alpha" }, remote: { port } };
const patient = { memoryBytes: 1 << 20, timeMs: 1_000 };

test.before(async () => {
  makeLink();
  both = await startBoth();
  engine = await new RunningEngine().start();
});
test.after(async () => {
  await both.alpha.end();
  await both.beta.end();
  await engine.engine.stop();
});
test.before.each(async () => {
  await connect(both, 4);
});
test.after.each(() => engine.revokeAll());

for (const [onFault, arrives] of [
  ["accept", "plain"],
  ["drop", null],
] as const) {
  test(`of a module that fails each time messages are ${arrives ? "accepted" : "dropped"}, until it is stopped`, async () => {
    const id = await engine.install(failingModule(), { tap: fromAlpha, onFault, limits: patient });
    for (let count = 0; count < 5; count += 1) {
      await say("plain");
      assert.is(await (arrives ? heard() : nothing()), arrives);
    }
    await until("it is stopped", async () => (await engine.fresh(id)).problem?.code === "unit.faulted");
    assert.match((await engine.fresh(id)).problem?.message ?? "", /5 times in a row/);
    assert.is(await engine.counter(id, "faults_total"), 5);
    await say("plain");
    assert.is(await heard(), "plain");
    assert.is(await engine.counter(id, "flows"), 0);
  });
}

test("what one module fails at the next one may take", async () => {
  await engine.install(failingModule(), { tap: fromAlpha, name: "bad", priority: 1, limits: patient });
  await engine.install(replaceModule("good"), { tap: fromAlpha, name: "good", priority: 2 });
  await say("plain");
  assert.is(await heard(), "good");
});

test("a module that is started afresh after hostile datagrams knows its flows again", async () => {
  const id = await engine.install(touchyModule(), { tap: fromAlpha, limits: patient });
  for (const text of ["bad!", "good", "bad!", "bad!", "good"]) {
    await say(text);
    assert.is(await heard(), text);
  }
  const { counters, problem } = await engine.fresh(id);
  assert.is(problem, undefined);
  assert.is(counters?.faults_total, 3);
  assert.is(counters?.messages_out_total, 5);
});

test("a module that runs for ever is stopped, and the others go on", async () => {
  const endless = await engine.install(endlessModule(), {
    tap: { application: { group: "alpha" }, remote: { port: port + 9 } },
    name: "endless",
  });
  const sound = await engine.install(tagModule(), { tap: fromAlpha, name: "sound" });
  await say("before");
  assert.is(await heard(), `${tag}before`);
  await both.alpha.do(`t = udp(4); t.sendto(b"never", ("10.9.0.2", ${port + 9}))`);
  await until("it is stopped", async () => (await engine.fresh(endless)).problem?.code === "unit.faulted");
  // What was sent meanwhile may have been lost or have passed as it was.
  await until("the other goes on", async () => {
    await say("after");
    return (await heard()) === `${tag}after`;
  });
  assert.is((await engine.fresh(sound)).problem, undefined);
  while ((await nothing()) !== null);
});

test("a flood that nobody could keep up with loses datagrams, and nothing else", async () => {
  const id = await engine.install(replaceModule("late", 60_000), { tap: fromAlpha });
  // What is held back counts in the sender's buffer, so one socket alone can never flood.
  await both.alpha.do(`floods = [udp(4) for _ in range(40)]
for one in floods:
    one.setblocking(False)
    one.connect(("10.9.0.2", ${port}))
    for _ in range(300):
        try: one.send(b"flood")
        except BlockingIOError: pass`);
  await engine.untilCounter(id, "messages_out_total", (value) => value > 4_096);
  await engine.untilCounter(id, "held_dropped_total", (value) => value > 0);
  await engine.engine.revoke(id);
  await engine.install(tagModule(), { tap: { ...fromAlpha, remote: { port: port + 1 } } });
  await both.beta.do(`s.close(); s = udp(4, "10.9.0.2", ${port + 1})`);
  await both.alpha.do(`t = udp(4); t.sendto(b"on time", ("10.9.0.2", ${port + 1}))`);
  assert.is(await heard(), `${tag}on time`);
  // What is still held back for a minute goes on when the engine stops, as far as there is room for it.
  await both.beta.do(`s.close(); s = udp(4, "10.9.0.2", ${port})`);
  await engine.engine.stop();
  const late = Number(
    await both.beta.do(`result = 0
while (text := nothing(s)) is not None: result += text == "late"`),
  );
  assert.ok(late > 0 && late <= heldMax.messages, `${late} were held back`);
  engine = await new RunningEngine().start();
});

test("what waits for the engine when it stops goes on, and none of it is lost", async () => {
  await engine.install(slowModule(), { tap: { application: { group: "alpha" } } });
  // More than the engine handles before it looks whether it is to stop, and for each no more than there is room for.
  await both.beta.do(`takers = [udp(4, "10.9.0.2", ${port + 20} + at) for at in range(10)]`);
  await both.alpha.do(`hasty = [udp(4) for _ in range(10)]
for at, one in enumerate(hasty):
    one.connect(("10.9.0.2", ${port + 20} + at))
    for _ in range(100): one.send(b"waits")`);
  await engine.engine.stop();
  const arrived = await both.beta.do(`result = 0
for one in takers:
    while nothing(one, 0.1) is not None: result += 1
    one.close()`);
  assert.is(arrived, 1_000);
  engine = await new RunningEngine().start();
});

test("without customizations the rules go, and nothing that is on its way is lost by that", async () => {
  const id = await engine.install(replaceModule("late", 1_500), { tap: fromAlpha });
  await say("plain");
  await engine.untilCounter(id, "customized_total", (value) => value === 1);
  await engine.engine.revoke(id);
  assert.is(await heard(), "late");
  await until("the rules are gone", () => !/NETLOOM/.test(run("iptables-save; ip6tables-save")));
});

test("what a daemon that was killed left behind lets traffic pass, and is taken off by the next", async () => {
  await engine.engine.stop();
  for (const iptables of ["iptables", "ip6tables"]) {
    run(`${iptables} -t mangle -N NETLOOM-L45-OUTPUT
      ${iptables} -t mangle -A NETLOOM-L45-OUTPUT -p udp -j NFQUEUE --queue-num 4545 --queue-bypass
      for twice in 1 2; do ${iptables} -t mangle -I OUTPUT -j NETLOOM-L45-OUTPUT; done`);
  }
  await say("through");
  assert.is(await heard(), "through");
  engine = await new RunningEngine().start();
  for (const iptables of ["iptables", "ip6tables"]) {
    assert.not.match(run(`${iptables}-save -t mangle`), /NETLOOM/);
  }
});

test("leftovers that cannot be taken off keep nothing from starting, and are told to who installs", async () => {
  await engine.engine.stop();
  // A rule of somebody else's in a chain of his own leads to ours.
  run(`iptables -t mangle -N NETLOOM-L45-INPUT; iptables -t mangle -N OTHER
    iptables -t mangle -A OTHER -p udp -m comment --comment mine -g NETLOOM-L45-INPUT`);
  engine = await new RunningEngine().start();
  assert.match(engine.complaints.join(), /queue rules of an earlier daemon stay/);
  const refused = await engine
    .install(tagModule(), { tap: fromAlpha })
    .catch((error: Error) => error.message);
  assert.match(refused, /Cannot take queue rules off \(iptables\)/);
  run("iptables -t mangle -F OTHER; iptables -t mangle -X OTHER");
  await engine.install(tagModule(), { tap: fromAlpha });
  await say("then");
  assert.is(await heard(), `${tag}then`);
});

test.run();
