/** A thread on the client that sends frames as they are: `postMessage(frames)` sends them and answers. */
import { parentPort } from "node:worker_threads";
import { enterNetworkNamespace, listInterfaces, PacketRing } from "../../../daemon/linux/mod.ts";

enterNetworkNamespace("/run/netns/client");
const found = listInterfaces().find(({ name }) => name === "eth0");
if (!found) throw new Error("the client has no eth0");
const ring = PacketRing.open({ interfaceIndex: found.index, interfaceName: found.name });
parentPort?.on("message", (frames: Uint8Array[]) => {
  for (const frame of frames) ring.send(frame);
  ring.flush();
  parentPort?.postMessage("sent");
});
