/**
 * A process of simulated devices. Each has a connection of its own and takes commands, fetches, verifies, answers and reports as
 * the daemon does; a model stands for engine and disk. Told how many there are to be, it makes them and says "reported".
 */
import { type Bus, natsBus } from "../../bus/mod.ts";
import { FakeDaemon } from "../../test/controller/fake-daemon.ts";
import { bareAnswer, bareData, moduleBytes } from "./bare.ts";
import { hostName } from "./fleet-files.ts";

const fetchDeadlineMs = 60_000;
const joinedAtOnce = 50;
const [url = "", first = "", step = ""] = process.argv.slice(2);
let next = Number(first);

process.on("message", (devices: number) => void grow(devices));

/** Devices are dealt out over processes in turn. */
async function grow(devices: number): Promise<void> {
  while (next < devices) {
    const some: Promise<void>[] = [];
    for (; next < devices && some.length < joinedAtOnce; next += Number(step)) some.push(join(next));
    await Promise.all(some);
  }
  process.send?.("reported");
}

async function join(device: number): Promise<void> {
  const host = `default/${hostName(device)}`;
  const bus = await natsBus({ servers: url, identity: { role: "host", host } });
  answerBare(bus);
  const present = new Set<string>();
  const daemon = new FakeDaemon(bus, host, {
    heartbeatMs: 3_000,
    before: async ({ commands }) => {
      for (const command of commands) {
        if (command.verb !== "install") continue;
        for (const { digest } of command.unit.artifacts) await fetchOnce(bus, digest, present);
      }
    },
  });
  await daemon.report();
}

/** Takes what is published with nothing asked, checked or kept, and answers when all is there. */
function answerBare(bus: Bus): void {
  let bytes = 0;
  bus.subscribe(bareData, ({ payload }) => {
    bytes += payload.byteLength;
    if (bytes < moduleBytes) return;
    bytes = 0;
    bus.publish(bareAnswer, new Uint8Array(1));
  });
}

async function fetchOnce(bus: Bus, digest: string, present: Set<string>): Promise<void> {
  if (present.has(digest)) return;
  await bus.blobs.get(digest, { timeoutMs: fetchDeadlineMs });
  present.add(digest);
}
