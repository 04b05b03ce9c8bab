import { entry } from "./entry.ts";

/** What is wrong with a guest module before it runs, and what it does wrong when it runs. */
export const moduleProblems = {
  "module.malformed": entry(
    false,
    (d: { module: string; reason: string }) =>
      `Cannot load module "${d.module}": ${d.reason}; it should be a WebAssembly 2.0 module`,
  ),
  "module.too-large": entry(
    false,
    (d: { module: string; is: string; max: string }) =>
      `Cannot load module "${d.module}": it has ${d.is}; the limit is ${d.max}`,
  ),
  "module.export-missing": entry(
    false,
    (d: { module: string; abi: string; name: string; signature: string }) =>
      `Cannot load module "${d.module}": it exports no "${d.name}"; a ${d.abi} module should export ${d.signature}`,
  ),
  "module.export-mismatch": entry(
    false,
    (d: { module: string; abi: string; name: string; is: string; signature: string }) =>
      `Cannot load module "${d.module}": it exports "${d.name}" as ${d.is}; a ${d.abi} module should export ${d.signature}`,
  ),
  "module.import-denied": entry(
    false,
    (d: { module: string; name: string; kind: string }) =>
      `Cannot load module "${d.module}": it imports the ${d.kind} "${d.name}", which no guest is given`,
  ),
  "module.memory-limit": entry(
    false,
    (d: { module: string; bytes: number; bytesMax: number }) =>
      `Cannot start module "${d.module}": it starts with ${d.bytes} bytes of memory; the limit is ${d.bytesMax}`,
  ),
  "module.config-refused": entry(
    false,
    (d: { module: string; reason: string }) =>
      `Cannot start module "${d.module}": its config is wrong: ${d.reason}`,
  ),
  "module.trapped": entry(
    false,
    (d: { module: string; call: string; reason: string }) =>
      `Module "${d.module}" trapped in ${d.call}: ${d.reason}`,
  ),
  "module.answer-invalid": entry(
    false,
    (d: { module: string; call: string; reason: string }) =>
      `Module "${d.module}" gave an invalid answer from ${d.call}: ${d.reason}`,
  ),

  // Making one from its source.
  "module.build-failed": entry(
    false,
    (d: { source: string; reason: string }) => `Cannot build ${d.source}: ${d.reason}`,
  ),
  "module.name-invalid": entry(
    false,
    (d: { name: string }) =>
      `Cannot make a module "${d.name}": a name has 1 to 63 of a-z, 0-9 and "-", and begins with a letter`,
  ),
  "module.source-exists": entry(
    false,
    (d: { file: string }) => `Cannot write ${d.file}: it is there already; choose another name or folder`,
  ),

  // Trying one out, on packets from a file.
  "module.file-unreadable": entry(
    false,
    (d: { file: string; reason: string }) => `Cannot read ${d.file}: ${d.reason}`,
  ),
  "module.too-slow": entry(
    false,
    (d: { module: string; call: string; limitMs: number }) =>
      `Module "${d.module}" had not returned from ${d.call} after ${d.limitMs} ms; it was ended`,
  ),
  "module.option-invalid": entry(
    false,
    (d: { option: string; is: string; must: string }) => `${d.option} is ${d.is}; it must be ${d.must}`,
  ),
  "capture.malformed": entry(
    false,
    (d: { file: string; reason: string }) =>
      `Cannot read ${d.file} as a capture: ${d.reason}; it should be a pcap or pcapng file`,
  ),
} as const;
