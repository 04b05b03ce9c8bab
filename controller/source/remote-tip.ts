/** Where a ref is on the remote: the name to fetch by, and the object id it has now. */
export interface Tip {
  kind: "ref" | "commit";
  ref: string;
  id: string;
}

/** What to ask `git ls-remote` for. For a commit id any answer will do: it says that the remote is there. */
export function tipPatterns(ref: string | undefined): string[] {
  return ref === undefined || isCommitId(ref) ? ["HEAD"] : candidates(ref);
}

/** Reads what `git ls-remote` printed; a branch goes before a tag of the same name. Undefined when nothing has the name. */
export function findTip(ref: string | undefined, printed: string): Tip | undefined {
  if (ref !== undefined && isCommitId(ref)) return { kind: "commit", ref, id: ref };
  const ids = new Map<string, string>();
  for (const line of printed.split("\n")) {
    const [id, name] = line.split("\t");
    if (id && name) ids.set(name, id);
  }
  for (const name of ref === undefined ? ["HEAD"] : candidates(ref)) {
    const id = ids.get(name);
    if (id !== undefined) return { kind: "ref", ref: name, id };
  }
  return undefined;
}

function candidates(ref: string): string[] {
  return ref.startsWith("refs/") ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
}

function isCommitId(ref: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref);
}
