import { runUntilReady } from "./running.ts";

export interface Capture {
  /** Lines so far, a frame each, as tshark prints the fields. */
  readonly lines: string[];
  stop(): Promise<void>;
}

/** tshark verifies no transport checksum, and shows distances for sequence numbers, unless asked to. */
const preferences = [
  ...["ip.check_checksum:TRUE", "udp.check_checksum:TRUE", "tcp.check_checksum:TRUE"],
  "tcp.relative_sequence_numbers:FALSE",
];

/** Frames that arrive in a namespace, by a display filter; resolves when tshark listens. */
export async function capture(
  namespace: string,
  device: string,
  filter: string,
  fields: string[],
): Promise<Capture> {
  const options = [
    ...preferences.flatMap((preference) => ["-o", preference]),
    ...fields.flatMap((field) => ["-e", field]),
  ];
  const words = ["-l", "-n", "-i", device, "-Y", filter, "-T", "fields", ...options];
  const tshark = await runUntilReady("Capture started", namespace, "tshark", ...words);
  return {
    get lines() {
      return tshark.output.split("\n").slice(0, -1);
    },
    stop: tshark.stop,
  };
}
