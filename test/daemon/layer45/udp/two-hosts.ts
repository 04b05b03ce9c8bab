/** Two applications: "alpha" in this network namespace, and "beta" in another, behind a link with an MTU of 1,500. */
import { execFileSync } from "node:child_process";
import { Application } from "../../linux/application.ts";

export const port = 7_000;
export const addresses = {
  4: { alpha: "10.9.0.1", beta: "10.9.0.2" },
  6: { alpha: "fd09::1", beta: "fd09::2" },
};
export type Family = keyof typeof addresses;

export const run = (script: string): string => execFileSync("sh", ["-euc", script], { encoding: "utf8" });

export function makeLink(): void {
  run(`ip netns add beta; ip -n beta link set lo up
    ip link add to-beta type veth peer name to-alpha netns beta
    ip link set to-beta up; ip -n beta link set to-alpha up
    ip addr add 10.9.0.1/24 dev to-beta; ip addr add fd09::1/64 dev to-beta nodad
    ip -n beta addr add 10.9.0.2/24 dev to-alpha; ip -n beta addr add fd09::2/64 dev to-alpha nodad
    ip addr add fe80::a/64 dev to-beta nodad; ip -n beta addr add fe80::b/64 dev to-alpha nodad`);
}

/** Python that both have: sockets by family, and what arrives within a while, as text. */
const preamble = `
import time
result = s = r = None
family = {4: socket.AF_INET, 6: socket.AF_INET6}
def udp(version, address=None, port=0):
    made = socket.socket(family[version], socket.SOCK_DGRAM)
    made.settimeout(10)
    if address: made.bind((address, port))
    return made
def got(sock, bytes=65535):
    try: return sock.recv(bytes).decode()
    except TimeoutError: return None
def nothing(sock, seconds=0.3):
    sock.settimeout(seconds)
    found = got(sock)
    sock.settimeout(10)
    return found
`;

export async function startBoth(): Promise<{ alpha: Application; beta: Application }> {
  const alpha = await Application.start("alpha");
  const beta = await Application.start("beta", ["ip", "netns", "exec", "beta"]);
  for (const one of [alpha, beta]) await one.do(preamble);
  return { alpha, beta };
}

/** Opens `s` at both, beta's bound to `port`, alpha's connected to it. */
export async function connect(
  both: { alpha: Application; beta: Application },
  family: Family,
): Promise<void> {
  const { alpha, beta } = addresses[family];
  await both.beta.do(`s and s.close(); s = udp(${family}, "${beta}", ${port})`);
  await both.alpha.do(`s = udp(${family}, "${alpha}", 0); s.connect(("${beta}", ${port}))`);
}
