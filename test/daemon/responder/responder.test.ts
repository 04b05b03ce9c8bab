import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { askProxy } from "../../../daemon/responder/ask-proxy.ts";
import type { ResponderBackend } from "../../../daemon/responder/backend.ts";
import { type Request, writeRequest } from "../../../daemon/responder/message.ts";
import {
  type Responder,
  type ResponderLimits,
  type ResponderOptions,
  serveResponder,
} from "../../../daemon/responder/responder.ts";
import { standardModule } from "../../../modules/mod.ts";
import { fail, type SleeperSpec } from "../../../schemas/mod.ts";
import { quiet } from "../fixture.ts";
import { hostMac as mac, sleeperUnit, until } from "../sleep/lan.ts";
import { Authority } from "./authority.ts";

const authority = new Authority();
const server = authority.read(authority.issue("gw-1", ["gw-1.default.host.netloom"]));
const client = authority.read(authority.issue("nas", ["nas.default.host.netloom"]));
const listen = { address: "127.0.0.1", port: 0 };
const timeoutMs = 60_000;
const quick: Partial<ResponderLimits> = { idleMs: 150, requestMs: 150, handshakeMs: 150, lingerMs: 150 };

/** Remembers what it was asked for. */
class Backend implements ResponderBackend {
  readonly done: string[] = [];
  spec = sleeperUnit({ selfService: { rulesMax: 2, moduleBytesMax: 2 ** 20 } }).spec as SleeperSpec;
  busy = false;

  sleepers(): SleeperSpec[] {
    return [this.spec];
  }
  async subscribe(host: string, rules: readonly unknown[]): Promise<void> {
    this.done.push(`subscribe ${host} ${rules.length}`);
  }
  async unsubscribe(host: string): Promise<void> {
    this.done.push(`unsubscribe ${host}`);
  }
  async power(host: string, state: string): Promise<void> {
    if (this.busy) fail("responder.busy", { reason: "it is asked to be" });
    this.done.push(`${state} ${host}`);
  }
}

let backend: Backend;
let responder: Responder | undefined;

async function serve(options: Partial<ResponderOptions> = {}): Promise<number> {
  backend = new Backend();
  responder = await serveResponder(backend, { listen, log: quiet, ...options });
  return responder.port;
}
test.after.each(async () => {
  await responder?.close();
});
test.after(() => authority.remove());

const rules = Buffer.from(JSON.stringify([{ ICMP: { addresses: ["10.9.0.5/32"] } }]));
const add = (): Request => ({
  kind: "add",
  mac,
  rules,
  modules: [standardModule("icmp-echo") as Uint8Array],
});

/** Sends bytes as they are; resolves to what came back when the proxy has closed. */
function exchange(port: number, bytes: Uint8Array, tls = false): Promise<Buffer> {
  const came: Buffer[] = [];
  const socket: Socket = tls
    ? connectTls({ port, host: "127.0.0.1", ...client, servername: "gw-1.default.host.netloom" })
    : connect({ port, host: "127.0.0.1" });
  socket.on("data", (piece) => came.push(piece));
  socket.on("error", () => socket.destroy());
  socket.write(bytes);
  return new Promise((done) => socket.on("close", () => done(Buffer.concat(came))));
}

test("requests of one connection are done in order, over TLS", async () => {
  const port = await serve({ tls: server });
  const proxy = { address: "127.0.0.1", port, tls: { ...client, serverName: "gw-1.default.host.netloom" } };
  const all: Request[] = [add(), { kind: "sleep", mac }, { kind: "wake", mac }, { kind: "remove", mac }];
  await askProxy(proxy, all, { timeoutMs });
  assert.equal(backend.done, [
    "subscribe default/nas 1",
    "asleep default/nas",
    "awake default/nas",
    "unsubscribe default/nas",
  ]);
});

test("whoever speaks plainly where TLS is expected gets nothing", async () => {
  const port = await serve({ tls: server, limits: quick });
  const came = await exchange(port, Buffer.concat(writeRequest({ kind: "sleep", mac })));
  assert.not.ok(came.includes(Buffer.from([0])) && came[0] === 0);
  assert.equal(backend.done, []);
});

test("a host without a certificate is told so and may do nothing", async () => {
  const port = await serve({ tls: server });
  const socket = connectTls({
    port,
    host: "127.0.0.1",
    ca: server.ca,
    servername: "gw-1.default.host.netloom",
  });
  let text = "";
  socket.on("data", (piece) => {
    text += piece;
  });
  socket.write(Buffer.concat(writeRequest({ kind: "sleep", mac })));
  await new Promise((done) => socket.on("close", done));
  assert.match(text, /it sent no certificate/);
  assert.equal(backend.done, []);
});

test("the certificate's authority must be the proxy's own, whatever the name", async () => {
  const other = new Authority();
  const forged = other.read(other.issue("nas", ["nas.default.host.netloom"]), authority);
  const port = await serve({ tls: server });
  const tls = { ...forged, serverName: "gw-1.default.host.netloom" };
  try {
    await askProxy({ address: "127.0.0.1", port, tls }, [{ kind: "sleep", mac }], { timeoutMs });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /not valid here/);
  }
  assert.equal(backend.done, []);
  other.remove();
});

const hostile: [string, Uint8Array, number][] = [
  ["an unknown opcode", Uint8Array.of(9), 1],
  ["a MAC address that no host has", Uint8Array.of(2, 2, 2, 2, 2, 2, 2), 2],
  ["4,294,967,295 rules", Uint8Array.of(0, 2, 0, 0, 0, 0, 5, 255, 255, 255, 255), 4],
  ["a JSON file of 4 GB", Uint8Array.of(0, 2, 0, 0, 0, 0, 5, 0, 0, 0, 1, 255, 255, 255, 255), 4],
  [
    "a module of 4 GB",
    Uint8Array.of(0, 2, 0, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0x5b, 0x5d, 255, 255, 255, 255),
    4,
  ],
  [
    "fewer rules than modules",
    Uint8Array.of(0, 2, 0, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0x5b, 0x5d, 0, 0, 0, 0),
    5,
  ],
];
for (const [what, bytes, status] of hostile) {
  test(`${what}: status ${status} with a reason, and the connection ends`, async () => {
    const port = await serve({ limits: { lingerMs: 150 } });
    const reply = await exchange(port, bytes);
    assert.is(reply[0], status);
    assert.is(reply.readUInt16BE(1), reply.length - 3);
    assert.equal(backend.done, []);
  });
}

test("a reply reaches a sender that is refused while it still sends", async () => {
  const port = await serve({ limits: { lingerMs: 2_000 } });
  const started = Uint8Array.of(0, 2, 0, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 2);
  const reply = await exchange(port, Buffer.concat([started, new Uint8Array(8 * 2 ** 20)]));
  assert.is(reply[0], 4);
});

test("a sender that is slow, or says nothing, is cut off", async () => {
  const port = await serve({ limits: quick });
  assert.is((await exchange(port, new Uint8Array(0))).length, 0);
  assert.is((await exchange(port, Uint8Array.of(2, 2, 0))).length, 0);
  const half = Buffer.concat(writeRequest(add())).subarray(0, 200);
  assert.is((await exchange(port, half)).length, 0);
  const afterOne = Buffer.concat([...writeRequest({ kind: "sleep", mac }), half]);
  assert.equal([...(await exchange(port, afterOne))], [0]);
});

test("a request that has begun must be whole in its own time, however long a host may stay silent", async () => {
  const port = await serve({ limits: { idleMs: 600_000, requestMs: 150 } });
  let isCutOff = false;
  const half = Buffer.concat(writeRequest(add())).subarray(0, 200);
  exchange(port, half).then(() => (isCutOff = true));
  await until("it is cut off", () => isCutOff);
});

test("subscriptions at once are bounded; who comes when there is no room is told to try again", async () => {
  const port = await serve({ limits: { subscriptionsAtOnceMax: 1 } });
  const first = connect({ port, host: "127.0.0.1" });
  first.on("error", () => first.destroy());
  first.write(Buffer.concat(writeRequest(add())).subarray(0, 200));
  await until("the first has begun", async () => {
    const reply = await exchange(port, Buffer.concat(writeRequest(add())).subarray(0, 7));
    return reply[0] === 6;
  });
  first.destroy();
  await until("there is room again", async () => {
    try {
      await askProxy({ address: "127.0.0.1", port }, [add()], { timeoutMs });
      return true;
    } catch {
      return false;
    }
  });
});

test("connections of one address are bounded", async () => {
  const port = await serve({ limits: { connectionsPerAddressMax: 2 } });
  const open = [1, 2, 3].map(() => connect({ port, host: "127.0.0.1" }));
  let closed = 0;
  for (const socket of open) {
    socket.on("error", () => socket.destroy());
    socket.on("close", () => (closed += 1));
  }
  await until("one of three is turned away", () => closed === 1);
  for (const socket of open) socket.destroy();
});

test("connections of all addresses together are bounded", async () => {
  const port = await serve({ limits: { connectionsMax: 2 } });
  const open = [1, 2, 3].map((last) => connect({ port, host: "127.0.0.1", localAddress: `127.0.0.${last}` }));
  let closed = 0;
  for (const socket of open) {
    socket.on("error", () => socket.destroy());
    socket.on("close", () => (closed += 1));
  }
  await until("one of three is turned away", () => closed === 1);
  for (const socket of open) socket.destroy();
});

test("a host is told nothing of what only the proxy's log should say", async () => {
  const port = await serve();
  backend.power = () => Promise.reject(new TypeError("a secret of the proxy's own"));
  try {
    await askProxy({ address: "127.0.0.1", port }, [{ kind: "sleep", mac }], { timeoutMs });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /the proxy failed; its log says how/);
    assert.not.match((error as Error).message, /secret/);
  }
});

test("what may pass is tried again by no one but the host: the proxy says busy", async () => {
  const port = await serve();
  backend.busy = true;
  try {
    await askProxy({ address: "127.0.0.1", port }, [{ kind: "sleep", mac }], { timeoutMs });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /could not do it now: The proxy is busy/);
  }
});

test("a proxy that does not answer is given up", async () => {
  const port = await serve();
  backend.power = () => new Promise(() => undefined);
  try {
    await askProxy({ address: "127.0.0.1", port }, [{ kind: "sleep", mac }], { timeoutMs: 200 });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /there was no answer within 200 ms/);
  }
});

test("without TLS it serves loopback alone", async () => {
  for (const address of ["0.0.0.0", "::", "192.0.2.1"]) {
    try {
      await serveResponder(new Backend(), { listen: { address, port: 0 }, log: quiet });
      assert.unreachable(address);
    } catch (error) {
      assert.match((error as Error).message, /without TLS/);
    }
  }
});

test("a port that is taken, and a key that is none, are said", async () => {
  const port = await serve();
  const again = serveResponder(new Backend(), { listen: { ...listen, port }, log: quiet });
  assert.match(await again.then(String, (error: Error) => error.message), /EADDRINUSE/);
  const tls = { ...server, key: Buffer.from("none") };
  const broken = serveResponder(new Backend(), { listen, tls, log: quiet });
  assert.match(await broken.then(String, (error: Error) => error.message), /Cannot use the certificate/);
});

test.run();
