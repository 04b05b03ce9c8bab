import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { listInterfaces, listMulticastGroups } from "../../../daemon/linux/mod.ts";

/** Joins a group for every source, one for one source, and one for all but one source. */
const member = `
import socket, sys
def pack(*addresses): return b"".join(map(socket.inet_aton, addresses))
own = "10.9.0.1"
kept = []
def join(option, *addresses):
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, pack(addresses[0], own)) if option != 39 else None
    if option: one.setsockopt(socket.IPPROTO_IP, option, pack(addresses[0], own, addresses[1]))
    kept.append(one)
join(0, "239.1.2.3")
join(39, "232.1.1.1", "10.9.0.7")
join(38, "239.1.2.4", "10.9.0.8")
print("joined", flush=True)
sys.stdin.read()
`;
let child: ChildProcess;

test.before(async () => {
  const run = (line: string) => execFileSync("sh", ["-euc", line], { stdio: "pipe" });
  run(
    "ip link add a-long-name0 type veth peer name other; ip link set a-long-name0 up; ip link set other up",
  );
  run("ip addr add 10.9.0.1/24 dev a-long-name0");
  child = spawn("python3", ["-c", member], { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise((joined) => child.stdout?.once("data", joined));
});
test.after(() => {
  child.kill();
});

test("groups of an interface are listed with their sources as the kernel has them", () => {
  const { index } = listInterfaces().find(({ name }) => name === "a-long-name0")!;
  const groups = listMulticastGroups(index).sort((a, b) => (a.group < b.group ? -1 : 1));
  assert.equal(groups, [
    { group: "224.0.0.1", users: 1, sources: [] },
    { group: "232.1.1.1", users: 1, sources: [{ source: "10.9.0.7", included: 1, excluded: 0 }] },
    { group: "239.1.2.3", users: 1, sources: [] },
    { group: "239.1.2.4", users: 1, sources: [{ source: "10.9.0.8", included: 0, excluded: 1 }] },
  ]);
  assert.equal(listMulticastGroups(9_999), []);
});

test.run();
