import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Compiles `bench/NAME.c` into a folder, as a program of that or another name; answers its path. */
export function compileC(folder: string, name: string, { as = name }: { as?: string } = {}): string {
  const program = join(folder, as);
  const source = fileURLToPath(new URL(`../../bench/${name}.c`, import.meta.url));
  execFileSync("cc", ["-O2", "-pthread", "-o", program, source]);
  return program;
}
