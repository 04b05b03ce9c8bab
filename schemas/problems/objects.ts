import { entry } from "./entry.ts";

/** What can be wrong with what users declare: text, shape, meaning. */
export const objectProblems = {
  // YAML, before its objects are known.
  "yaml.malformed": entry(false, (d: { reason: string }) => `Cannot read this as YAML: ${d.reason}`),
  "yaml.over-limit": entry(
    false,
    (d: { what: string; is: number; max: number }) =>
      `Refused to read this YAML: ${d.what} is ${d.is}, the limit is ${d.max}`,
  ),
  "yaml.not-text": entry(
    false,
    (d: { reason: string }) => `Cannot read this as YAML: ${d.reason}; it must be UTF-8 text`,
  ),

  // One object by itself: its shape.
  "object.not-a-mapping": entry(
    false,
    (d: { is: string }) =>
      `This document is ${d.is}; it must be an object with apiVersion, kind, metadata and spec`,
  ),
  "object.foreign": entry(
    false,
    (d: { is: string }) => `apiVersion is ${d.is}; it must be "netloom.dev/v1alpha1"`,
  ),
  "object.unknown-kind": entry(
    false,
    (d: { is: string; known: string[] }) => `kind is ${d.is}; it must be one of ${d.known.join(", ")}`,
  ),
  "schema.unknown-field": entry(
    false,
    (d: { field: string; known: string[] }) =>
      `${d.field} is not known; ${d.known.length > 0 ? `known here: ${d.known.join(", ")}` : "nothing is allowed here"}`,
  ),
  "schema.missing-field": entry(false, (d: { field: string }) => `${d.field} is missing; it is required`),
  "schema.one-of": entry(
    false,
    (d: { field: string; given: string[]; options: string[] }) =>
      `${d.field} has ${d.given.length > 0 ? d.given.join(" and ") : "none of them"}; it must have exactly one of ${d.options.join(", ")}`,
  ),
  "schema.value": entry(
    false,
    (d: { field: string; is: string; must: string }) => `${d.field} is ${d.is}; it must be ${d.must}`,
  ),

  // Objects among each other, and the files they name.
  "meaning.duplicate-name": entry(
    false,
    (d: { other: string }) =>
      `This name is declared twice, here and at ${d.other}; give one of them another name`,
  ),
  "meaning.too-many": entry(false, (d: { max: number }) => `Stopped at ${d.max} problems; mend these first`),
  "meaning.value": entry(
    false,
    (d: { field: string; is: string; must: string }) => `${d.field} is ${d.is}; it must be ${d.must}`,
  ),
  "meaning.unknown-object": entry(
    false,
    (d: { kind: string; name: string; namespace: string }) =>
      `There is no ${d.kind} "${d.name}" in namespace "${d.namespace}"; name one that is declared`,
  ),
  "meaning.selects-nothing": entry(
    false,
    (d: { namespace: string }) =>
      `The selector selects no Host of namespace "${d.namespace}"; it must select at least one`,
  ),
  "meaning.hosts-unfit": entry(
    false,
    (d: { hosts: string[]; what: string }) =>
      `The selector selects only hosts that have no ${d.what} (${d.hosts.join(", ")}); one at least must have it`,
  ),
  "meaning.proxy-unfit": entry(
    false,
    (d: { proxy: string; reason: string }) =>
      `"${d.proxy}" cannot be the sleep proxy: ${d.reason}; name a host that is awake, managed and near`,
  ),
  "meaning.sleeper-without-mac": entry(
    false,
    (d: { interface: string }) =>
      `Interface "${d.interface}" of a host that sleeps has no mac; it is needed to wake the host`,
  ),
  "meaning.sleeper-without-address": entry(
    false,
    () =>
      "A host that sleeps has no address; its proxy would have nothing to stand in for: list its addresses",
  ),
  "meaning.duplicate-address": entry(
    false,
    (d: { address: string; other: string }) =>
      `Address ${d.address} is also that of ${d.other}; each host must have its own`,
  ),
  "meaning.address-elsewhere": entry(
    false,
    (d: { address: string; hosts: string[] }) =>
      `Cannot listen on ${d.address}: selected hosts do not have it (${d.hosts.join(", ")}); select only its host, or listen on "::"`,
  ),
  "meaning.port-clash": entry(
    false,
    (d: { port: number; host: string; other: string }) =>
      `Port ${d.port} on ${d.host} is also that of ${d.other}; choose another port, address or host`,
  ),
  "meaning.priority-clash": entry(
    false,
    (d: { host: string; priority: number; other: string }) =>
      `On ${d.host}, ${d.other} taps the same flows at priority ${d.priority}; choose another priority`,
  ),
  "meaning.rotation-clash": entry(
    false,
    (d: { customization: string; other: string }) =>
      `"${d.customization}" is also moved by ${d.other}; it can be in one rotation only`,
  ),
  "meaning.rotation-hosts": entry(
    false,
    (d: { customization: string; is: string; other: string; wanted: string }) =>
      `"${d.customization}" has ${d.is}, but "${d.other}" has ${d.wanted}; a rotation's customizations must be on the same hosts`,
  ),
  "meaning.ends-mismatch": entry(
    false,
    (d: { part: string; is: string; other: string }) =>
      `This end's ${d.part} is ${d.is}, but the other end expects ${d.other}; what is local to one end is remote to the other`,
  ),
  "meaning.end-elsewhere": entry(
    false,
    (d: { side: string; address: string; role: string; hosts: string[] }) =>
      `The tap's ${d.side} address ${d.address} is none of the ${d.role}'s hosts (${d.hosts.join(", ")}); tap an address that one of them has, or leave it out`,
  ),
  "meaning.end-missing": entry(
    false,
    (d: { module: string; has: string; lacks: string }) =>
      `${d.module} at the ${d.has} writes what only its ${d.lacks} can read, and there is no ${d.lacks}; add that end`,
  ),
  "meaning.rotation-taps": entry(
    false,
    (d: { customization: string; role: string; other: string }) =>
      `"${d.customization}" taps other flows at its ${d.role} than "${d.other}"; a rotation's customizations must tap the same ones`,
  ),
  "meaning.program-unfit": entry(
    false,
    (d: { hook: string; program: string; wanted: string }) =>
      `A ${d.hook} rule cannot run program.${d.program}; it needs program.${d.wanted}`,
  ),
  "meaning.unknown-standard": entry(
    false,
    (d: { name: string; known: string[] }) =>
      `netloom ships no module "${d.name}"; it ships ${d.known.join(", ") || "none"}`,
  ),
  "meaning.unknown-plugin": entry(
    false,
    (d: { name: string; known: string[] }) =>
      `netloom ships no plug-in ${d.name}; it ships ${d.known.join(", ") || "none"}`,
  ),
  "meaning.unknown-middlebox": entry(
    false,
    (d: { middlebox: string; known: readonly string[] }) =>
      `There is no middlebox of type "${d.middlebox}"; there is ${d.known.join(", ")}`,
  ),
  "meaning.artifact-outside": entry(
    false,
    (d: { path: string }) => `Cannot use ${d.path}: it leads out of the source; keep the file inside it`,
  ),
  "meaning.artifact-missing": entry(
    false,
    (d: { path: string }) => `Cannot find ${d.path} in the source; paths start at the source's root`,
  ),
  "meaning.artifact-too-large": entry(
    false,
    (d: { path: string; bytes: number; max: number }) =>
      `${d.path} has ${d.bytes} bytes; the limit is ${d.max}`,
  ),
  "meaning.artifact-not-text": entry(
    false,
    (d: { path: string }) => `${d.path} is not text in UTF-8; it must be a script's source`,
  ),
  "meaning.function-missing": entry(
    false,
    (d: { path: string; function: string }) =>
      `${d.path} does not mention a function "${d.function}"; it must define it`,
  ),
  "meaning.export-needed": entry(
    false,
    (d: { module: string; name: string; because: string }) =>
      `${d.module} does not export "${d.name}", which ${d.because} needs; add it to the module, or remove ${d.because}`,
  ),
  "meaning.module-memory": entry(
    false,
    (d: { module: string; bytes: number; max: number }) =>
      `${d.module} starts with ${d.bytes} bytes of memory; limits.memory allows ${d.max}: raise it`,
  ),
} as const;
