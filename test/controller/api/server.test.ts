import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Bucket } from "../../../bus/mod.ts";
import { parseServerAddress } from "../../../controller/api/server-address.ts";
import { isReady, type ServerAddress } from "../../../controller/mod.ts";
import { type MessageReader, ProblemError } from "../../../schemas/mod.ts";
import { FakeSource } from "../fake-source.ts";
import { fleetYaml } from "../fixtures.ts";
import { until } from "../until.ts";
import { World } from "../world.ts";

const test = suite<{ world: World; folder: string; socket: string }>("the controller's API");

test.before.each((context) => {
  context.world = new World();
  context.folder = mkdtempSync(join(tmpdir(), "netloom-api-"));
  context.socket = join(context.folder, "control.sock");
});

test.after.each(async ({ world, folder }) => {
  await world.end();
  rmSync(folder, { recursive: true });
});

interface Answer {
  status: number;
  text: string;
  type: string;
}

function ask(options: RequestOptions, body?: Uint8Array): Promise<Answer> {
  return new Promise((answered, failed) => {
    const sent = request(options, (response: IncomingMessage) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () =>
        answered({ status: response.statusCode ?? 0, text, type: response.headers["content-type"] ?? "" }),
      );
    });
    sent.on("error", failed).end(body);
  });
}

/** Nothing is read here: what comes of a question is tested where middleboxes ask. */
const reader: MessageReader = { read: async () => assert.unreachable("nothing is customized") as never };

async function served(world: World, ...addresses: ServerAddress[]) {
  const daemon = world.daemon();
  const controller = await world.controller({ serve: addresses, reader });
  await daemon.report();
  const statuses = () => [...controller.reconciler.board.list()];
  await until("ready", () => statuses().length === 3 && statuses().every(isReady));
  return { controller, daemon };
}

function withResolvers(): { promise: Promise<void>; resolve(): void } {
  let resolve: () => void = () => assert.unreachable("no promise was made");
  const promise = new Promise<void>((resolved) => {
    resolve = resolved;
  });
  return { promise, resolve };
}

/** What a middlebox's host asks about one message. */
function question(host: string, bytes = 8): Buffer {
  const flow = {
    protocol: "UDP",
    source: { address: "10.0.0.1", port: 1 },
    destination: { address: "10.0.0.2", port: 2 },
  };
  return Buffer.from(JSON.stringify({ host, flow, messages: [Buffer.alloc(bytes).toString("base64")] }));
}

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)),
  );

test("its socket is the owner's alone, from the first moment", async ({ world, socket }) => {
  await served(world, { kind: "socket", path: socket });
  assert.is(statSync(socket).mode & 0o777, 0o600);
});

test("a socket that a killed controller left is replaced; one that answers, and a file, are not", async ({
  world,
  folder,
  socket,
}) => {
  // A process that ends at once leaves its socket behind.
  spawnSync(process.execPath, [
    "-e",
    `require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`,
    socket,
  ]);
  assert.ok(statSync(socket).isSocket());
  await served(world, { kind: "socket", path: socket });
  const second = new World();
  assert.is(
    await codeOf(second.controller({ serve: [{ kind: "socket", path: socket }] })),
    "server.address-taken",
  );
  const file = join(folder, "file");
  writeFileSync(file, "mine");
  assert.is(
    await codeOf(second.controller({ serve: [{ kind: "socket", path: file }] })),
    "server.address-taken",
  );
  await second.end();
});

test("while a slow source is read for the first time, it is served, alive, not ready, and takes no status away", async ({
  world,
  socket,
}) => {
  const first = await world.controller();
  await world.daemon().report();
  const statuses = (await world.bus.join().bucket("status")) as Bucket;
  await until("ready", () => [...first.reconciler.board.list()].filter(isReady).length === 3);
  await first.stop();
  const { promise, resolve } = withResolvers();
  const source = new FakeSource(fleetYaml(["nas"]));
  const startSource = source.start.bind(source);
  source.start = () => promise.then(startSource);
  const { reconciler, ready } = await world.controller({
    source,
    isSourceSlow: true,
    serve: [{ kind: "socket", path: socket }],
  });
  const pathOf = (path: string) => ask({ socketPath: socket, path });
  await until("a look at a host", () => reconciler.fleet.isThere("default/gw"));
  reconciler.board.flush();
  assert.is((await pathOf("/healthz")).status, 200);
  const answer = await pathOf("/readyz");
  assert.is(answer.status, 503);
  assert.match(answer.text, "the source was not read yet");
  assert.is(JSON.parse((await pathOf("/v1/objects")).text).items.length, 3);
  assert.ok(await statuses.get("object.Host/default/gw"));
  const asked = ask({ socketPath: socket, path: "/v1/reconcile", method: "POST" });
  resolve();
  await ready;
  assert.is((await asked).status, 200);
  assert.is((await pathOf("/readyz")).status, 200);
});

test("a folder that others may write to, or that only points to one, is refused", async ({
  world,
  folder,
}) => {
  const open = join(folder, "open");
  mkdirSync(open);
  chmodSync(open, 0o777);
  symlinkSync(folder, join(folder, "link"));
  for (const path of [join(open, "s"), join(folder, "link", "s")]) {
    assert.is(
      await codeOf(world.controller({ serve: [{ kind: "socket", path }] })),
      "server.folder-unsafe",
      path,
    );
  }
});

test("objects are listed by kind and namespace, and told in full with what each host has", async ({
  world,
  socket: socketPath,
}) => {
  await served(world, { kind: "socket", path: socketPath });
  const get = async (path: string) => JSON.parse((await ask({ socketPath, path })).text);
  const names = ({ items }: { items: { kind: string; name: string }[] }) =>
    items.map(({ kind, name }) => `${kind}/${name}`);
  assert.equal(names(await get("/v1/objects")), ["Host/gw", "Host/nas", "Rule/ping"]);
  assert.equal(names(await get("/v1/objects?kind=Rule")), ["Rule/ping"]);
  assert.equal(names(await get("/v1/objects?namespace=other")), []);
  const detail = await get("/v1/objects/Rule/default/ping");
  assert.is(detail.object.spec.program.standard, "icmp-echo");
  assert.equal(
    detail.units.map(({ unit, ...rest }: Record<string, unknown>) => rest),
    [{ host: "default/nas", on: "default/gw", state: "ready", life: "active", priority: 100 }],
  );
  const { items } = await get("/v1/hosts?units=true");
  assert.equal(
    items.map(({ host, there, observed }: never) => [host, there, (observed as unknown[]).length]),
    [["default/gw", true, 2]],
  );
  assert.equal((await get("/v1/plan")).hosts, []);
  assert.is((await get("/v1/status")).objects.total, 3);
});

test("what is not there, not known or not allowed is refused by status and reason", async ({
  world,
  socket: socketPath,
}) => {
  await served(world, { kind: "socket", path: socketPath });
  const cases: [string, string, number][] = [
    ["GET", "/", 404],
    ["GET", "/v1/objects/Rule/default/nobody", 404],
    ["GET", "/v1/objects?kind=Gadget", 400],
    ["POST", "/v1/objects", 405],
    ["GET", "/v1/objects/%zz/a/b", 404],
    ["GET", "//[", 400],
    ["GET", "http://", 400],
    ["GET", "/v1/reconcile", 405],
  ];
  for (const [method, path, status] of cases) {
    const answer = await ask({ socketPath, method, path });
    assert.is(answer.status, status, path);
    assert.type(JSON.parse(answer.text).error, "string");
  }
});

test("what a middlebox asks is taken whole, from the host that the path names, and by who leads", async ({
  world,
  socket: socketPath,
}) => {
  await served(world, { kind: "socket", path: socketPath });
  const post = (path: string, body: Uint8Array) => ask({ socketPath, method: "POST", path }, body);
  const { status, text } = await post("/v1/inverse/default/gw", question("default/gw", 100_000));
  assert.is(status, 200);
  assert.is(JSON.parse(text).problem.code, "inverse.not-a-middlebox");
  const cases: [string, Buffer, RegExp][] = [
    ["/v1/inverse/default/gw", question("default/nas"), /speaks as default\/nas/],
    ["/v1/inverse/default/gw", Buffer.from("{"), /JSON/],
    ["/v1/inverse/default/No", question("default/No"), /is no host/],
  ];
  for (const [path, body, reason] of cases) {
    const refused = await post(path, body);
    assert.is(refused.status, 400, path);
    assert.match(JSON.parse(refused.text).error, reason);
  }
  const tooLong = post("/v1/inverse/default/gw", Buffer.alloc(300_000, "x"));
  assert.match(await tooLong.then(({ status }) => `${status}`, String), /400|ECONNRESET|EPIPE|hang up/);
  world.leadership.set(undefined);
  assert.is((await post("/v1/inverse/default/gw", question("default/gw"))).status, 503);
});

test("health, readiness and metrics are served", async ({ world, socket: socketPath }) => {
  await served(world, { kind: "socket", path: socketPath });
  assert.is((await ask({ socketPath, path: "/healthz" })).status, 200);
  assert.is((await ask({ socketPath, path: "/readyz" })).status, 200);
  const { text, type } = await ask({ socketPath, path: "/metrics" });
  assert.match(type, /^text\/plain/);
  assert.match(text, /^netloom_leader 1$/m);
  assert.match(text, /^netloom_hosts\{state="there"\} 1$/m);
  assert.match(text, /^netloom_commands_total\{verb="install",outcome="ack"\} 2$/m);
});

test("a controller that has read nothing yet is alive but not ready", async ({
  world,
  socket: socketPath,
}) => {
  world.source.latest = undefined;
  await world.controller({ serve: [{ kind: "socket", path: socketPath }] });
  assert.is((await ask({ socketPath, path: "/healthz" })).status, 200);
  const { status, text } = await ask({ socketPath, path: "/readyz" });
  assert.equal({ status, text }, { status: 503, text: "the source was not read yet\n" });
});

test("a watcher is told everything there is, then every change", async ({ world, socket: socketPath }) => {
  await served(world, { kind: "socket", path: socketPath });
  let text = "";
  const watching = request({ socketPath, path: "/v1/watch" }, (response) => {
    response.on("data", (chunk) => (text += chunk));
  }).end();
  watching.on("error", () => undefined);
  const lines = () =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  await until("all there is", () => text.includes('"synced"'));
  world.source.commit(fleetYaml(["nas"], { active: false }));
  const isChange = (line: { kind: string; item?: { name: string } }) =>
    line.kind === "object" && line.item?.name === "ping";
  await until(
    "the change",
    () => lines().findIndex(({ kind }) => kind === "synced") < lines().findLastIndex(isChange),
  );
  watching.destroy();
});

test("over TCP no page of a browser is served, under whatever name it comes", async ({ world }) => {
  const { controller } = await served(world, { kind: "tcp", host: "127.0.0.1", port: 0 });
  const [address] = controller.addresses;
  const { port } = address as { port: number };
  const at = (headers: Record<string, string>) =>
    ask({ host: "127.0.0.1", port, path: "/v1/status", headers });
  assert.is((await at({})).status, 200);
  assert.is((await at({ host: `localhost:${port}` })).status, 200);
  assert.is((await at({ host: `rebound.example:${port}` })).status, 403);
  assert.is((await at({ origin: "https://page.example" })).status, 403);
});

test("an address that other machines can reach serves health and metrics only", async ({ world }) => {
  const { controller } = await served(world, { kind: "tcp", host: "0.0.0.0", port: 0 });
  const { port } = controller.addresses[0] as { port: number };
  const at = async (path: string, method = "GET") =>
    (await ask({ host: "127.0.0.1", port, path, method })).status;
  assert.equal([await at("/metrics"), await at("/healthz"), await at("/readyz")], [200, 200, 200]);
  assert.equal([await at("/v1/objects"), await at("/v1/reconcile", "POST")], [403, 403]);
});

test("a request that is too large, or never ends, is hung up on, and others are served", async ({
  world,
  socket: socketPath,
}) => {
  await served(world, { kind: "socket", path: socketPath });
  const large = ask({
    socketPath,
    method: "POST",
    path: "/v1/reconcile",
    headers: { "x-large": "x".repeat(20_000) },
  });
  assert.is((await large).status, 431);
  const endless = connect(socketPath);
  let isClosed = false;
  endless.on("close", () => (isClosed = true)).on("error", () => undefined);
  endless.write("POST /v1/nowhere HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
  const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
  await until("hung up", () => {
    if (!isClosed) endless.write(chunk);
    return isClosed;
  });
  assert.is((await ask({ socketPath, path: "/healthz" })).status, 200);
});

test("addresses are sockets by path or TCP by URL, and nothing else", () => {
  assert.equal(parseServerAddress("/run/x.sock"), { kind: "socket", path: "/run/x.sock" });
  assert.equal(parseServerAddress("unix:/run/x.sock"), { kind: "socket", path: "/run/x.sock" });
  assert.equal(parseServerAddress("http://127.0.0.1:8080"), { kind: "tcp", host: "127.0.0.1", port: 8080 });
  assert.equal(parseServerAddress("http://[::1]:8080/"), { kind: "tcp", host: "::1", port: 8080 });
  for (const bad of ["http://", "http://host", "http://host:1/path"])
    assert.throws(() => parseServerAddress(bad), /must be the path of a socket/);
});

test.run();
