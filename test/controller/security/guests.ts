import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Command, CommandBatch, CommandOutcome } from "../../../bus/mod.ts";
import { readInstance } from "../../../controller/security/instance.ts";

/** What a module that has its key says to a challenge. */
export function respond(content: Uint8Array, nonce: string, more: { id?: number } = {}): string {
  const { id, key } = readInstance(content);
  const bytes = Buffer.from(nonce, "hex");
  const decrypting = createDecipheriv("aes-256-cbc", key, bytes.subarray(0, 16));
  const secret = Buffer.concat([decrypting.update(bytes.subarray(16)), decrypting.final()]);
  const said = Buffer.alloc(secret.length + 4);
  said.set(secret);
  said.writeUInt32BE(more.id ?? id, secret.length);
  const iv = randomBytes(16);
  const encrypting = createCipheriv("aes-256-cbc", key, iv);
  return Buffer.concat([iv, encrypting.update(said), encrypting.final()]).toString("hex");
}

/** The modules of one host: keeps the keys that installs enclose, and answers with them. */
export class Guests {
  readonly keys = new Map<string, Uint8Array>();
  asked = 0;

  readonly before = ({ commands }: CommandBatch): void => {
    for (const command of commands) {
      if (command.verb !== "install") continue;
      for (const content of Object.values(command.enclosed ?? {}))
        this.keys.set(command.unit.id, Buffer.from(content, "base64"));
    }
  };

  readonly answer = ({ unit, nonce }: Command & { verb: "challenge" }): CommandOutcome => {
    this.asked += 1;
    return { kind: "ack", answer: respond(this.keys.get(unit) as Uint8Array, nonce) };
  };
}
