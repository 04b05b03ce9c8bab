import { devicesOf, watchDevicesOf } from "./network.ts";
import { run } from "./run.ts";
import { type LabHost, switchNetns } from "./topology.ts";

/**
 * Takes a host off the switch, as if its cable ended at its network card: it is heard by nobody and hears nothing, but it
 * keeps its carrier, its addresses and its routes. What is for its MAC goes to the LAN's watcher instead.
 */
export async function disconnect(host: LabHost): Promise<void> {
  await onSwitch(
    `take ${host.id} off the switch`,
    host.interfaces.map((port) => `link set ${devicesOf(port).bridge} nomaster`),
    host.interfaces.map(
      (port) => `fdb replace ${port.mac} dev ${watchDevicesOf(port.lan).bridge} master static`,
    ),
  );
}

/** Puts a host back on the switch: frames pass from the moment this resolves. */
export async function reconnect(host: LabHost): Promise<void> {
  await onSwitch(
    `put ${host.id} on the switch`,
    host.interfaces.map((port) => `link set ${devicesOf(port).bridge} master ${port.lan}`),
    host.interfaces.map((port) => `fdb replace ${port.mac} dev ${devicesOf(port).bridge} master dynamic`),
  );
}

async function onSwitch(
  tried: string,
  links: readonly string[],
  forwarding: readonly string[],
): Promise<void> {
  const input = (commands: readonly string[]): string => `${commands.join("\n")}\n`;
  const options = { tried, netns: switchNetns };
  await run("ip", ["-batch", "-"], { ...options, input: input(links) });
  await run("bridge", ["-batch", "-"], { ...options, input: input(forwarding) });
}
