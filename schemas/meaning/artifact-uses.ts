import type { NetloomObject } from "../generated/objects.ts";
import { isMiddleboxType, standardPlugin } from "../middleboxes.ts";
import type { FieldPath } from "../parse/field-path.ts";

/** What a WebAssembly module is used for, and so what it has to export. */
export type ModuleUse = "sleep" | "stream" | "layer45" | "function";

/** Of each format that an object can name. */
export const artifactBytesMax = {
  wasm: 8 * 2 ** 20,
  lua: 2 ** 18,
  javascript: 2 ** 20,
  file: 2 ** 20,
} as const;

/** A program that an object names. */
export interface ArtifactUse {
  path: FieldPath;
  source: "file" | "standard";
  name: string;
  format: keyof typeof artifactBytesMax;
  use?: ModuleUse;
  /** Function that a script must define, by plain look at its text. */
  defines?: string;
  /** Exports that what the object asks for needs, and why. */
  needs: { name: string; because: string }[];
  /** The one end that its customization has. */
  onlyEnd?: "sender" | "receiver";
  memory?: string;
  /** What the program is configured with, and whether it sees frames. */
  config?: { value: unknown; raw: boolean };
}

/** Every artifact that an object names. */
export function artifactsOf(object: NetloomObject): ArtifactUse[] {
  switch (object.kind) {
    case "Rule": {
      const { program, limits, sleepProxy } = object.spec;
      const needs = sleepProxy?.interval ? [{ name: "on_timer", because: "spec.sleepProxy.interval" }] : [];
      const config = { value: program.config, raw: sleepProxy?.raw ?? false };
      const use = sleepProxy?.stream ? ("stream" as const) : ("sleep" as const);
      const shared = { use, needs, memory: limits.memory, config };
      return [
        ...named(["spec", "program"], program, shared),
        ...scripts(["spec", "program", "lua"], program.lua, "lua", program.function ?? "process_packet"),
      ];
    }
    case "Customization": {
      const { module, limits, security, inverse = [] } = object.spec;
      const because = "spec.security";
      const needs = security ? ["sec_initialize", "sec_respond"].map((name) => ({ name, because })) : [];
      const [end] = object.spec.ends;
      const onlyEnd = end !== undefined && object.spec.ends.length === 1 ? { onlyEnd: end.role } : {};
      const files = inverse.flatMap(({ middlebox, file, standard }, index) =>
        standard === undefined || !isMiddleboxType(middlebox)
          ? scripts(["spec", "inverse", index, "file"], file, "file")
          : [standardFile(["spec", "inverse", index, "standard"], standardPlugin(middlebox, standard))],
      );
      const config = { value: module.config, raw: false };
      return [
        ...named(["spec", "module"], module, {
          use: "layer45",
          needs,
          memory: limits.memory,
          config,
          ...onlyEnd,
        }),
        ...files,
      ];
    }
    case "MonitoringFunction": {
      const { function: program, limits } = object.spec;
      const path = ["spec", "function"];
      return [
        ...named(path, { wasm: program.wasm }, { use: "function", needs: [], memory: limits.memory }),
        ...scripts([...path, "javascript"], program.javascript, "javascript", "handle"),
      ];
    }
    default:
      return [];
  }
}

function named(
  path: FieldPath,
  program: { wasm?: string | undefined; standard?: string | undefined },
  shared: Pick<ArtifactUse, "use" | "needs" | "memory" | "config" | "onlyEnd">,
): ArtifactUse[] {
  const { wasm, standard } = program;
  const found: ArtifactUse[] = [];
  if (wasm !== undefined) {
    found.push({ path: [...path, "wasm"], source: "file", name: wasm, format: "wasm", ...shared });
  }
  if (standard !== undefined) {
    found.push({
      path: [...path, "standard"],
      source: "standard",
      name: standard,
      format: "wasm",
      ...shared,
    });
  }
  return found;
}

function standardFile(path: FieldPath, name: string): ArtifactUse {
  return { path, source: "standard", name, format: "file", needs: [] };
}

function scripts(
  path: FieldPath,
  name: string | undefined,
  format: ArtifactUse["format"],
  defines?: string,
): ArtifactUse[] {
  if (name === undefined) return [];
  return [{ path, source: "file", name, format, needs: [], ...(defines && { defines }) }];
}
