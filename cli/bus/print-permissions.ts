import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nkeys } from "nats";
import { type BusIdentity, isHostId, natsAuthorization, seedFileName } from "../../bus/mod.ts";

/** Makes the keys that are not there yet, and prints the server's `authorization` section. Exit 2 when it cannot. */
export function printPermissions(
  { hosts, middleboxes }: { hosts: readonly string[]; middleboxes: readonly string[] },
  keysFolder: string,
): void {
  const all = [...new Set([...hosts, ...middleboxes])].sort();
  const wrong = all.filter((host) => !isHostId(host));
  if (wrong.length > 0) {
    const named = wrong.map((host) => `"${host}"`).join(", ");
    process.stderr.write(`No hosts: ${named}; write namespace/name, such as default/gw-1\n`);
    process.exitCode = 2;
    return;
  }
  const identities: BusIdentity[] = [
    { role: "controller" },
    ...all.map((host) => ({ role: "host" as const, host, isMiddlebox: middleboxes.includes(host) })),
  ];
  mkdirSync(keysFolder, { recursive: true, mode: 0o700 });
  const users = identities.map((identity) => ({
    identity,
    publicKey: publicKeyIn(join(keysFolder, seedFileName(identity))),
  }));
  process.stdout.write(natsAuthorization(users));
}

/** Of the seed in that file, which is made when it is not there. */
function publicKeyIn(file: string): string {
  try {
    writeFileSync(file, nkeys.createUser().getSeed(), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return nkeys.fromSeed(Buffer.from(readFileSync(file, "utf8").trim())).getPublicKey();
}
