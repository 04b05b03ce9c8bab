import { entry } from "./entry.ts";

/** Modules that are challenged, and middleboxes that ask what a message says. */
export const securityProblems = {
  "security.challenge-failed": entry(
    false,
    (d: { unit: string; host: string; reason: string }) =>
      `"${d.unit}" failed its challenge on ${d.host}: ${d.reason}; it is kept off that host until its declaration changes, or netloom challenge --trust lets it back`,
  ),
  "security.no-answer": entry(
    false,
    (d: { unit: string; reason: string }) =>
      `"${d.unit}" cannot answer a challenge: ${d.reason}; a module that is challenged exports sec_initialize and sec_respond`,
  ),
  "inverse.not-a-middlebox": entry(
    false,
    (d: { host: string }) =>
      `${d.host} may not ask what customized messages say: no customization names it under spec.inverse`,
  ),
  "inverse.unknown": entry(
    false,
    (d: { flow: string; tried: number }) =>
      `Cannot tell what ${d.flow} says: none of the ${d.tried} customizations in force there reads it`,
  ),
  "inverse.crowded": entry(
    true,
    (d: { waitingMax: number }) =>
      `Cannot read a customized message now: ${d.waitingMax} wait for that already; ask less often`,
  ),
  "inverse.hasty": entry(
    true,
    (d: { host: string; perSecond: number }) =>
      `${d.host} asks for more than ${d.perSecond} messages a second; ask less often`,
  ),
  "capture.no-flow": entry(
    false,
    () =>
      'Cannot ask about a message on standard input: whose it is, is not known; say --flow "UDP 10.0.0.9:4000 > 10.0.0.53:53"',
  ),
  "inverse.failed": entry(
    false,
    (d: { unit: string; reason: string }) =>
      `Cannot read a message with the module of "${d.unit}": ${d.reason}`,
  ),
  "plugin.no-folder": entry(
    true,
    (d: { middlebox: string; reason: string }) =>
      `Cannot find where ${d.middlebox} looks for plug-ins on this host: ${d.reason}; install it, or name the folder with --plugins ${d.middlebox}=DIR`,
  ),
  "plugin.unwritable": entry(
    true,
    (d: { folder: string; reason: string }) => `Cannot write a plug-in to ${d.folder}: ${d.reason}`,
  ),
  "plugin.conflict": entry(
    true,
    (d: { file: string }) =>
      `Cannot install ${d.file}: something that is not netloom's is there; move it out of the way`,
  ),
  "security.secret-unusable": entry(
    false,
    (d: { path: string; reason: string }) =>
      `Cannot use ${d.path} as the master secret: ${d.reason}; it has to be a file of 32 to 4096 random bytes that its owner alone may read`,
  ),
};
