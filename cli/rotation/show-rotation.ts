import type { RotationReply } from "../../controller/mod.ts";
import { ControllerClient } from "../client/controller-client.ts";
import { printValue } from "../client/print.ts";
import type { RotationOptions } from "../rotation.ts";
import { rotationText } from "./rotation-text.ts";

/** Prints where a rotation stands. Returns the exit status. */
export async function showRotation(
  name: string,
  { server, namespace, output }: RotationOptions,
): Promise<number> {
  const client = new ControllerClient(server);
  const path = `/v1/rotations/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  const reply = await client.get<RotationReply>(path);
  if (output === "table") process.stdout.write(rotationText(reply));
  else printValue(reply, output);
  return 0;
}
