import { askEnd, askHosts, askPower, findLab, findLabs } from "../../lab/mod.ts";

/** Has a host of a lab sleep or wake. */
export async function changePower(
  verb: "sleep" | "wake",
  host: string,
  { name }: { name?: string },
): Promise<number> {
  await askPower(findLab(name), host, verb);
  console.log(`${host} is ${verb === "sleep" ? "asleep" : "awake"}`);
  return 0;
}

/** Prints every lab of this machine that may be seen, and what its hosts are. */
export async function listLabs(): Promise<number> {
  for (const lab of findLabs()) {
    console.log(`${lab.name}  ${lab.location}  pid ${lab.pid}  since ${lab.started}`);
    for (const { id, daemon, power } of await askHosts(lab)) {
      console.log(`  ${id}${daemon ? "  daemon" : ""}${power ? `  ${power}` : ""}`);
    }
  }
  return 0;
}

/** Ends a lab; returns when it is gone. */
export async function endLab({ name }: { name?: string }): Promise<number> {
  const lab = findLab(name);
  await askEnd(lab);
  while (findLabs().some(({ pid }) => pid === lab.pid)) await new Promise((again) => setTimeout(again, 20));
  console.log(`lab "${lab.name}" has ended`);
  return 0;
}
