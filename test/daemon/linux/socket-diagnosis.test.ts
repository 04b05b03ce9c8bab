import { createSocket } from "node:dgram";
import { type AddressInfo, connect, createServer } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { DestroyedSockets } from "../../../daemon/linux/destroyed-sockets.ts";
import { listSocketCookies } from "../../../daemon/linux/socket-cookies.ts";
import { SocketDiagnosis } from "../../../daemon/linux/socket-diagnosis.ts";
import { until } from "../sleep/until.ts";

const loopback = Uint8Array.of(127, 0, 0, 1);
const nobody = { local: loopback, localPort: 1, remote: loopback, remotePort: 2 } as const;

test("nobody has a port that is free, and asking goes on after that", () => {
  const diagnosis = new SocketDiagnosis();
  for (const protocol of ["UDP", "TCP"] as const)
    assert.is(diagnosis.find({ ...nobody, protocol }), undefined);
  assert.equal(diagnosis.cookies("TCP"), new Set());
  diagnosis.close();
});

test("a datagram socket is found from either end's view, listed, and told of when it is destroyed", async () => {
  const diagnosis = new SocketDiagnosis();
  const destroyed = new DestroyedSockets();
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const found = diagnosis.find({ ...nobody, protocol: "UDP", localPort: socket.address().port });
  assert.ok(found && found.inode > 0);
  assert.not(found?.waiting);
  assert.equal(listSocketCookies("UDP"), new Set([found!.cookie]));
  socket.close();
  const gone: bigint[] = [];
  await until("it is told of", () => {
    assert.equal(
      destroyed.read((cookie) => gone.push(cookie)),
      { lost: false },
    );
    return gone.length > 0;
  });
  assert.equal(gone, [found!.cookie]);
  destroyed.close();
  diagnosis.close();
});

test("both ends of a connection are found, and its listener when no other end is given", async () => {
  const diagnosis = new SocketDiagnosis();
  const server = createServer((socket) => socket.resume());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = connect(port, "127.0.0.1");
  const accepted = new Promise((resolve) => server.once("connection", resolve));
  await accepted;
  const here = { ...nobody, protocol: "TCP", localPort: client.localPort!, remotePort: port } as const;
  const there = { ...here, localPort: port, remotePort: client.localPort! };
  const listener = { ...there, remote: new Uint8Array(4), remotePort: 0 };
  const cookies = [here, there, listener].map((ends) => diagnosis.find(ends)!.cookie);
  assert.is(new Set(cookies).size, 3);
  assert.equal(listSocketCookies("TCP"), new Set(cookies));
  client.destroy();
  server.close();
  diagnosis.close();
});

test.run();
