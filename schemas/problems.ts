import { controllerProblems } from "./problems/controller.ts";
import { entry } from "./problems/entry.ts";
import { labProblems } from "./problems/lab.ts";
import { layer45Problems } from "./problems/layer45.ts";
import { moduleProblems } from "./problems/modules.ts";
import { objectProblems } from "./problems/objects.ts";
import { responderProblems } from "./problems/responder.ts";
import { securityProblems } from "./problems/security.ts";

/**
 * The closed list of what the world can do to us. Each code says whether trying the same again can help (`retry`) and
 * renders its message. Message grammar: what was tried, on what, what is, what should be.
 * Add a code here, in its group, before using it.
 */
const list = {
  ...objectProblems,
  ...controllerProblems,
  ...moduleProblems,
  ...labProblems,
  ...responderProblems,
  ...layer45Problems,
  ...securityProblems,

  // Our own defects.
  internal: entry(false, (d: { error: string }) => `Unexpected error in netloom itself: ${d.error}`),

  // Units and their life on a host.
  "unit.unknown": entry(
    false,
    (d: { verb: string; unit: string }) =>
      `Cannot ${d.verb} "${d.unit}": it is not installed on this host; install it first`,
  ),
  "unit.digest-mismatch": entry(
    false,
    (d: { verb: string; unit: string; is: string; wanted: string }) =>
      `Cannot ${d.verb} "${d.unit}": installed version is ${d.is}, the command is for ${d.wanted}; install that version first`,
  ),
  "unit.invalid": entry(
    false,
    (d: { unit: string; reason: string }) => `Cannot install "${d.unit}": ${d.reason}`,
  ),
  "unit.faulted": entry(
    false,
    (d: { unit: string; reason: string }) =>
      `"${d.unit}" was stopped: ${d.reason}; mend its program and commit it anew`,
  ),
  "unit.unchallengeable": entry(
    false,
    (d: { unit: string; engine: string }) =>
      `Cannot challenge "${d.unit}": units of engine "${d.engine}" answer no challenges`,
  ),
  "unit.too-many": entry(
    false,
    (d: { unit: string; unitsMax: number }) =>
      `Cannot install "${d.unit}": this host has ${d.unitsMax} units already, which is the most it takes`,
  ),
  "engine.unavailable": entry(
    false,
    (d: { engine: string; host: string; reason: string }) =>
      `Cannot install on ${d.host}: engine "${d.engine}" is not available on this host (${d.reason})`,
  ),

  // Engines and their workers.
  "engine.crashed": entry(
    true,
    (d: { engine: string; reason: string }) =>
      `Engine "${d.engine}" ended unexpectedly (${d.reason}); it is being started again`,
  ),
  "engine.stalled": entry(
    true,
    (d: { engine: string; verb: string; afterMs: number }) =>
      `Engine "${d.engine}" did not ${d.verb} within ${d.afterMs} ms; it is being started again`,
  ),
  "secret.missing": entry(
    true,
    (d: { name: string; reason: string }) =>
      `Cannot read secret "${d.name}" on this host: ${d.reason}; put it into the daemon's folder of secrets`,
  ),

  // The daemon.
  "daemon.stopped": entry(
    true,
    (d: { unit: string; host: string }) =>
      `"${d.unit}" does not work: the daemon of ${d.host} was stopped; start it again`,
  ),
  "daemon.address-taken": entry(
    false,
    (d: { address: string; port: number; reason: string }) =>
      `Cannot serve metrics on ${d.address} port ${d.port} (${d.reason}); choose another address or port`,
  ),
  "power.unserved": entry(
    false,
    (d: { host: string; proxy: string }) =>
      `${d.proxy} cannot stand in for ${d.host}: it has no sleeper unit for it; name it as proxy in the Host's sleep section`,
  ),

  // What a daemon keeps on disk.
  "store.torn": entry(
    false,
    (d: { file: string; reason: string }) =>
      `Cannot use ${d.file}: ${d.reason}; it was moved to the folder "torn" beside it`,
  ),
  "store.unwritable": entry(
    true,
    (d: { folder: string; reason: string }) => `Cannot write to ${d.folder}: ${d.reason}`,
  ),
  "store.locked": entry(
    false,
    (d: { folder: string; process: string }) =>
      `Cannot use ${d.folder}: another netloom daemon (process ${d.process}) uses it; give each a folder of its own`,
  ),
  "store.foreign": entry(
    false,
    (d: { folder: string; owner: string; host: string }) =>
      `Cannot use ${d.folder} for ${d.host}: it holds the units of ${d.owner}; give each host a folder of its own, or empty this one`,
  ),

  // Commands and terms.
  "command.stale-term": entry(
    false,
    (d: { term: number; current: number }) =>
      `Command refused: its term ${d.term} is older than ${d.current}; another controller has taken over`,
  ),
  "command.misdirected": entry(
    false,
    (d: { host: string; meant: string }) =>
      `Command refused: it is meant for ${d.meant} and reached ${d.host}; send it to its own host`,
  ),
  "command.crowded": entry(
    true,
    (d: { host: string; waitingMax: number }) =>
      `Command refused: ${d.waitingMax} batches wait for ${d.host} already; send one at a time`,
  ),
  "command.timeout": entry(
    true,
    (d: { host: string; afterMs: number }) => `No answer from ${d.host} after ${d.afterMs} ms`,
  ),
  "host.away": entry(
    true,
    (d: { host: string }) => `${d.host} sends no heartbeat; its units are left as they are`,
  ),

  "host.unnamed": entry(
    false,
    (d: { name: string }) =>
      `Cannot tell which Host this machine is: its name, "${d.name}", can be none; say which with --host`,
  ),

  // Artifacts and blobs.
  "artifact.missing": entry(
    true,
    (d: { digest: string }) => `Artifact ${d.digest} cannot be had from the blob store`,
  ),
  "artifact.too-large": entry(
    false,
    (d: { digest: string; bytes: number; bytesMax: number }) =>
      `Cannot fetch artifact ${d.digest}: it has ${d.bytes} bytes; at most ${d.bytesMax} are taken`,
  ),
  "artifact.corrupt": entry(
    true,
    (d: { digest: string; is: string }) => `Artifact ${d.digest} arrived with digest ${d.is}; it is not used`,
  ),

  // The bus.
  "bus.unavailable": entry(true, (d: { reason: string }) => `Bus cannot be reached: ${d.reason}`),
  "bus.payload-too-large": entry(
    false,
    (d: { subject: string; bytes: number; bytesMax: number }) =>
      `Cannot send ${d.bytes} bytes on ${d.subject}: the limit is ${d.bytesMax}`,
  ),
  "bus.malformed": entry(
    false,
    (d: { subject: string; reason: string }) =>
      `Message on ${d.subject} is malformed: ${d.reason}; it is ignored`,
  ),
  "bus.overloaded": entry(
    true,
    (d: { subject: string; pendingMax: number }) =>
      `Messages on ${d.subject} are dropped: ${d.pendingMax} are in work, which is the limit; send less or handle them faster`,
  ),
  "bus.share-spent": entry(
    true,
    (d: { host: string; bytesPerSecond: number }) =>
      `Messages of ${d.host} are refused: it sent more than its share of ${d.bytesPerSecond} bytes a second; it must send less`,
  ),
  "bus.problems-left-out": entry(
    false,
    (d: { code: string; count: number }) => `${d.count} more problems "${d.code}" of the bus were not told`,
  ),
  "bus.queue-full": entry(
    true,
    (d: { queue: string; jobsMax: number }) =>
      `Cannot add to queue "${d.queue}": it holds ${d.jobsMax} jobs, which is the limit`,
  ),
  "bus.refused": entry(
    false,
    (d: { reason: string }) =>
      `The bus refuses what was asked: ${d.reason}; its permissions and limits must allow it`,
  ),
  // What a peer of another version says, whose code this version does not know.
  "bus.foreign-problem": entry(
    false,
    (d: { foreignCode: string; foreignMessage: string }) => `${d.foreignMessage} (${d.foreignCode})`,
  ),

  // What is in force, and what is held back.
  "record.undecided": entry(
    false,
    (d: { object: string; rounds: number }) =>
      `Cannot bring the newest version of ${d.object} into force: what others hold back was not settled in ${d.rounds} rounds; mend the others first`,
  ),
  "record.lost": entry(
    false,
    (d: { reason: string }) =>
      `Cannot read the record of what was in force: ${d.reason}; objects that are invalid now have no version before`,
  ),

  // Sources: where the objects come from.
  "source.location-invalid": entry(
    false,
    (d: { location: string; reason: string }) =>
      `Cannot use "${d.location}" as a source: ${d.reason}; write PATH or URL, then //SUBPATH and #REF as needed`,
  ),
  "source.unreachable": entry(
    true,
    (d: { location: string; reason: string }) =>
      `Cannot read ${d.location}: ${d.reason}; what was read last stays in force`,
  ),
  "source.ref-missing": entry(
    true,
    (d: { location: string; ref: string }) =>
      `Cannot find "${d.ref}" in ${d.location}: no branch, tag or commit has that name; what was read last stays in force`,
  ),
  "source.subpath-missing": entry(
    true,
    (d: { location: string; subpath: string; revision: string }) =>
      `Cannot find folder "${d.subpath}" in ${d.location} at ${d.revision}; what was read last stays in force`,
  ),
  "source.too-large": entry(
    true,
    (d: { location: string; revision: string; what: string; is: number; max: number }) =>
      `Cannot take ${d.location} at ${d.revision}: it has ${d.is} ${d.what}, the limit is ${d.max}; what was read last stays in force`,
  ),
  "source.unsteady": entry(
    true,
    (d: { location: string; attempts: number }) =>
      `Cannot read ${d.location}: its files changed during each of ${d.attempts} attempts; what was read last stays in force`,
  ),
  "source.file-too-large": entry(
    false,
    (d: { path: string; bytes: number; bytesMax: number }) =>
      `Cannot read ${d.path}: it has ${d.bytes} bytes, the limit is ${d.bytesMax}`,
  ),
  "source.name-refused": entry(
    false,
    (d: { path: string; reason: string }) => `Cannot read ${d.path}: its name ${d.reason}; rename it`,
  ),
  "source.link-refused": entry(
    false,
    (d: { path: string; target: string; reason: string }) =>
      `Cannot follow the symbolic link ${d.path} to "${d.target}": ${d.reason}; link to a file inside the source`,
  ),
  "source.lfs-pointer": entry(
    false,
    (d: { path: string; bytes: number }) =>
      `Cannot read ${d.path}: the repository holds a Git LFS pointer to ${d.bytes} bytes, not the file; commit the file itself`,
  ),
  "source.file-unreadable": entry(
    false,
    (d: { path: string; reason: string }) => `Cannot read ${d.path}: ${d.reason}`,
  ),

  // The sleep engine.
  "sleep.inactive": entry(
    false,
    (d: { host: string; unit: string; state: string }) =>
      `Cannot stand in for ${d.host}: its unit "${d.unit}" is ${d.state}; activate it first`,
  ),
  "sleep.no-link": entry(
    true,
    (d: { host: string; addresses: string; interfaces: string }) =>
      `Cannot stand in for ${d.host}: none of this host's interfaces (${d.interfaces}) that are up shares a subnet with ${d.addresses}; put the proxy on the sleeping host's link, or set takeover to false`,
  ),
  "sleep.secure-on-invalid": entry(
    false,
    (d: { unit: string; secret: string }) =>
      `Cannot install "${d.unit}": the secret "${d.secret}" is no SecureOn password; write six hex pairs ("00:01:02:03:04:05") or four numbers ("1.2.3.4")`,
  ),

  // What the kernel answers; `what` is what was tried, `is` the call and its errno.
  "linux.denied": entry(
    false,
    (d: { what: string; is: string; needs: string }) =>
      `Cannot ${d.what}: ${d.is}; the daemon needs ${d.needs} here`,
  ),
  "linux.absent": entry(
    true,
    (d: { what: string; is: string }) => `Cannot ${d.what}: ${d.is}; it is not there or down`,
  ),
  "linux.exhausted": entry(
    true,
    (d: { what: string; is: string }) => `Cannot ${d.what}: ${d.is}; free some of it`,
  ),
  "linux.unsupported": entry(
    false,
    (d: { what: string; is: string }) => `Cannot ${d.what}: ${d.is}; this kernel does not offer it`,
  ),
  "linux.failed": entry(false, (d: { what: string; is: string }) => `Cannot ${d.what}: ${d.is}`),
} as const;

export type ProblemCode = keyof typeof list;
export type ProblemArguments<C extends ProblemCode> = Parameters<(typeof list)[C]["text"]>[0];
export const problems: typeof list = list;

/** Whether this version knows a problem of that code. */
export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(list, code);
}
