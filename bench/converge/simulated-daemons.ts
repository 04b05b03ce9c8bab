/** A thread of simulated daemons: they speak as real ones do, over connections of their own, and have no kernel. */
import { parentPort, workerData } from "node:worker_threads";
import { natsBus } from "../../bus/mod.ts";
import { FakeDaemon } from "../../test/controller/fake-daemon.ts";
import { hostName } from "./fleet-files.ts";

const { url, hosts, hostsPerConnection } = workerData as {
  url: string;
  hosts: number;
  hostsPerConnection: number;
};
const daemons: FakeDaemon[] = [];
for (let first = 0; first < hosts; first += hostsPerConnection) {
  const bus = await natsBus({ servers: url, identity: { role: "host", host: `default/${hostName(first)}` } });
  for (let host = first; host < Math.min(hosts, first + hostsPerConnection); host++) {
    daemons.push(new FakeDaemon(bus, `default/${hostName(host)}`, { heartbeatMs: 3_000 }));
  }
}
for (const daemon of daemons) await daemon.report();
parentPort?.postMessage("reported");
