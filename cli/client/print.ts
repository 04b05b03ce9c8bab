import { stringify } from "yaml";

/** Prints values as JSON or YAML. */
export function printValue(value: unknown, format: "json" | "yaml"): void {
  process.stdout.write(format === "json" ? `${JSON.stringify(value, null, 2)}\n` : stringify(value));
}
