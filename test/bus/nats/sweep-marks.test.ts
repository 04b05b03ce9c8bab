import { test } from "uvu";
import * as assert from "uvu/assert";
import { NatsLink } from "../../../bus/nats/nats-link.ts";
import { NatsStreams } from "../../../bus/nats/nats-streams.ts";
import { sweepMarks } from "../../../bus/nats/sweep-marks.ts";
import { NatsServer } from "../nats-server.ts";

test("marks of deletion go when they are old, and entries stay", async () => {
  const server = await NatsServer.start();
  const bus = await server.join();
  const bucket = await bus.bucket("swept");
  for (let i = 0; i < 20; i++) {
    await bucket.put(`k.${i}`, Buffer.from("v"));
    if (i % 4 > 0) await bucket.delete(`k.${i}`);
  }
  const link = await NatsLink.open({ servers: server.url, identity: { role: "controller" } });
  const streams = new NatsStreams(link, { replicas: 1 });
  const swept = { config: { name: "KV_netloom-swept" }, filter: "$KV.netloom-swept.>" };
  const messages = (): Promise<number> =>
    streams.call("info", new Uint8Array(), async (manager) => {
      return (await manager.streams.info(swept.config.name)).state.messages;
    });
  assert.is(await sweepMarks(streams, { ...swept, olderThanMs: 60_000 }), 0);
  assert.is(await messages(), 20);
  assert.is(await sweepMarks(streams, { ...swept, olderThanMs: 0 }), 15);
  assert.is(await messages(), 5);
  assert.is((await bucket.keys()).length, 5);
  assert.ok(await bucket.create("k.1", Buffer.from("again")));
  await link.close();
  await bus.close();
  await server.remove();
});

test.run();
