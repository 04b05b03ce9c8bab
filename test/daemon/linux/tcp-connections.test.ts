import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { listTcpConnections, type TcpConnection } from "../../../daemon/linux/mod.ts";
import { isRootOfMachine } from "../../root-of-machine.ts";

let server: Server;
let accepted: Socket | undefined;

test.before(async () => {
  server = createServer((socket) => {
    accepted = socket;
    socket.pipe(socket);
  });
  await new Promise<void>((listens) => server.listen(0, "::", listens));
});
test.after(() => {
  server.close();
});

/** Both ends of a new connection over which `bytes` have gone there and back. */
async function ends(
  address: string,
  bytes: number,
): Promise<{ client: TcpConnection; server: TcpConnection }> {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, address);
  let came = 0;
  socket.write(Buffer.alloc(bytes));
  await new Promise<void>((done) => {
    socket.on("data", (piece) => {
      came += piece.length;
      if (came === bytes) done();
    });
  });
  const all = listTcpConnections();
  const client = all.find(({ localPort }) => localPort === socket.localPort)!;
  const other = all.find(({ remotePort }) => remotePort === socket.localPort)!;
  socket.destroy();
  accepted?.destroy();
  return { client, server: other };
}

if (isRootOfMachine()) {
  for (const [address, bytes] of [
    ["127.0.0.1", 4],
    ["::1", 16],
  ] as const) {
    test(`both ends of a connection to ${address} are told as they agree on it`, async () => {
      const { port } = server.address() as AddressInfo;
      const { client, server: other } = await ends(address, 100_000);
      assert.is(client.sequence, other.acknowledgment);
      assert.is(other.sequence, client.acknowledgment);
      assert.equal([client.remotePort, other.localPort], [port, port]);
      assert.is(client.local.length, bytes);
      assert.equal([client.local, client.remote], [other.remote, other.local]);
      assert.ok(client.window > 0 && client.window <= 0xffff);
      assert.type(client.timestamp, "number");
    });
  }

  test("what goes over a connection moves its numbers on by as much", async () => {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    const echoed = async (bytes: number) => {
      socket.write(Buffer.alloc(bytes));
      for (let came = 0; came < bytes; ) {
        came += (await new Promise<Buffer>((one) => socket.once("data", one))).length;
      }
      return listTcpConnections().find(({ localPort }) => localPort === socket.localPort)!;
    };
    const before = await echoed(1);
    const after = await echoed(1_000);
    assert.is((after.sequence - before.sequence) >>> 0, 1_000);
    assert.is((after.acknowledgment - before.acknowledgment) >>> 0, 1_000);
    socket.destroy();
  });
} else {
  test("who is not root of the machine is told that the kernel does not permit it", () => {
    assert.throws(() => listTcpConnections(), /bpf\(BPF_PROG_LOAD\): EPERM/);
  });
}

test.run();
