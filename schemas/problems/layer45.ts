import { entry } from "./entry.ts";

/** What can keep customizations from the messages of their flows. */
export const layer45Problems = {
  "layer45.no-transport": entry(
    false,
    (d: { unit: string; protocol: string; reason: string }) =>
      `"${d.unit}" sees no messages: this host has no way to those of ${d.protocol} (${d.reason})`,
  ),
};
