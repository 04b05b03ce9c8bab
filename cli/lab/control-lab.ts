import { askEnd, askHosts, askPower, findLab, findLabs } from "../../lab/mod.ts";
import { exitCodeOf } from "./exit-codes.ts";

/** Has a host of a lab sleep or wake. */
export function changePower(
  verb: "sleep" | "wake",
  host: string,
  { name }: { name?: string },
): Promise<number> {
  return exitCodeOf(async () => {
    await askPower(findLab(name), host, verb);
    console.log(`${host} is ${verb === "sleep" ? "asleep" : "awake"}`);
    return 0;
  });
}

/** Prints every lab of this machine that may be seen, and what its hosts are. */
export function listLabs(): Promise<number> {
  return exitCodeOf(async () => {
    for (const lab of findLabs()) {
      console.log(`${lab.name}  ${lab.location}  pid ${lab.pid}  since ${lab.started}`);
      for (const { id, daemon, power } of await askHosts(lab)) {
        console.log(`  ${id}${daemon ? "  daemon" : ""}${power ? `  ${power}` : ""}`);
      }
    }
    return 0;
  });
}

/** Ends a lab; returns when it is gone. */
export function endLab({ name }: { name?: string }): Promise<number> {
  return exitCodeOf(async () => {
    const lab = findLab(name);
    await askEnd(lab);
    while (findLabs().some(({ pid }) => pid === lab.pid)) await new Promise((again) => setTimeout(again, 20));
    console.log(`lab "${lab.name}" has ended`);
    return 0;
  });
}
