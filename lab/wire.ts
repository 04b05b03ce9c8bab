import { Worker } from "node:worker_threads";
import type { MagicPacket } from "./magic-packet.ts";
import { devicesOf, isRelayed, watchDevicesOf } from "./network.ts";
import type { Topology } from "./topology.ts";
import type { WireMessage, WirePlan } from "./wire-worker.ts";

export interface Wire {
  /** Ends the thread; links with delay or loss are dead then. */
  close(): Promise<void>;
}

export interface WireOptions {
  /** Makes the losses; the same seed loses the same frames. */
  seed: number;
  /** MACs whose magic packets are to be told, on whatever LAN they are said to be on. */
  sleepers: { lan: string; mac: string }[];
  onMagic(packet: MagicPacket): void;
  /** The thread has failed: links it carried are dead. */
  onFailure(error: Error): void;
}

/** Starts the thread that delays and loses frames and listens for magic packets. Resolves when it does. */
export async function startWire(topology: Topology, options: WireOptions): Promise<Wire> {
  const worker = new Worker(new URL("./wire-worker.js", import.meta.url), {
    workerData: planWire(topology, options),
    name: "lab wire",
  });
  await new Promise<void>((ready, failed) => {
    worker.once("error", failed);
    worker.on("message", (message: WireMessage) => {
      if (message.kind === "magic") options.onMagic(message);
      else ready();
    });
  });
  worker.removeAllListeners("error").on("error", (error) => options.onFailure(error));
  return { close: async () => void (await worker.terminate()) };
}

function planWire(topology: Topology, { seed, sleepers }: WireOptions): WirePlan {
  const ports = topology.hosts.flatMap((host) => host.interfaces);
  return {
    relays: ports
      .filter(({ link }) => isRelayed(link))
      .map((port) => ({ ...devicesOf(port), shape: port.link, seed: seed + port.port })),
    watch: {
      devices: [...new Set(sleepers.map(({ lan }) => watchDevicesOf(lan).watcher))],
      macs: [...new Set(sleepers.map(({ mac }) => mac))],
    },
  };
}
