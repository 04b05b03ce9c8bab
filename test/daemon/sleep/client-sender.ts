/** A thread on the client that sends frames as they are: `postMessage(frames)` sends them and answers. */
import { parentPort } from "node:worker_threads";
import { enterNetworkNamespace, listInterfaces, PacketRing } from "../../../daemon/linux/mod.ts";

/** Few enough at a time for the ring, and for the ring of whoever receives them. */
const framesAtOnceMax = 200;

enterNetworkNamespace("/run/netns/client");
const found = listInterfaces().find(({ name }) => name === "eth0");
if (!found) throw new Error("the client has no eth0");
const ring = PacketRing.open({ interfaceIndex: found.index, interfaceName: found.name });
parentPort?.on("message", async (frames: Uint8Array[]) => {
  for (let first = 0; first < frames.length; first += framesAtOnceMax) {
    for (const frame of frames.slice(first, first + framesAtOnceMax)) ring.send(frame);
    ring.flush();
    await new Promise((done) => setTimeout(done, 5));
  }
  parentPort?.postMessage("sent");
});
