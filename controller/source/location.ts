import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fail } from "../../schemas/mod.ts";

/** What a location means, once read. Sub-paths have neither leading nor trailing slash; "" is the root. */
export type Location =
  | { kind: "directory"; path: string; shown: string }
  | {
      kind: "git";
      url: string;
      scheme: "file" | "ssh" | "https" | "http";
      /** Undefined: the remote's HEAD. */
      ref: string | undefined;
      subpath: string;
      shown: string;
    };

export interface LocationOptions {
  ref?: string | undefined;
  subpath?: string | undefined;
  git?: boolean | undefined;
}

/**
 * Reads `PATH` or `URL`, then `//SUBPATH`, then `#REF`, each of the two as needed. A path is a directory unless it has a
 * ref, is a bare repository, or `git` is set. Throws `source.location-invalid`.
 */
export function parseLocation(text: string, options: LocationOptions = {}): Location {
  const [beforeRef, refInText] = splitOnce(text, text.indexOf("#"), 1);
  const schemeEnd = /^[a-z][a-z0-9+.-]*:\/\//i.exec(beforeRef)?.[0].length ?? 0;
  const [place, subpathInText] = splitOnce(beforeRef, beforeRef.indexOf("//", schemeEnd), 2);
  if (place === "" || place.startsWith("-")) invalid(text, "it names no place");
  if (refInText !== undefined && options.ref !== undefined) invalid(text, "its ref is given twice");
  if (subpathInText !== undefined && options.subpath !== undefined) {
    invalid(text, "its sub-path is given twice");
  }
  const ref = refInText ?? options.ref;
  if (ref !== undefined && !isRef(ref))
    invalid(text, `"${ref}" cannot be the name of a branch, tag or commit`);
  const subpath = readSubpath(text, subpathInText ?? options.subpath ?? "");

  const remote = readRemote(text, place);
  if (remote && remote.scheme !== "file")
    return { kind: "git", ...remote, ref, subpath, shown: show(remote.url) };
  const path = remote ? fileURLToPath(remote.url) : resolve(place);
  const isGit = remote !== undefined || ref !== undefined || options.git === true || isBareRepository(path);
  if (!isGit) return { kind: "directory", path: join(path, subpath), shown: join(path, subpath) };
  return { kind: "git", url: pathToFileURL(path).href, scheme: "file", ref, subpath, shown: show(path) };

  function show(where: string): string {
    return `${where}${subpath && `//${subpath}`}${ref === undefined ? "" : `#${ref}`}`;
  }
}

function readRemote(
  text: string,
  place: string,
): { url: string; scheme: "file" | "ssh" | "https" | "http" } | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(place)?.[1]?.toLowerCase();
  // git@host:path, as ssh has it; a slash before the colon makes it a path.
  if (scheme === undefined) {
    return /^[\w.-]+@[\w.-]+:[^\s]+$/.test(place) ? { url: place, scheme: "ssh" } : undefined;
  }
  if (scheme !== "file" && scheme !== "ssh" && scheme !== "https" && scheme !== "http") {
    return invalid(text, `"${scheme}" is none of file, ssh, https and http`);
  }
  const url = URL.canParse(place) ? new URL(place) : invalid(text, "it is no URL");
  if (url.password !== "") {
    const bare = place.replace(/\/\/[^/]*@/, "//");
    invalid(bare, "it holds a password; put that into a file and name the file as token file");
  }
  if (scheme === "file" && url.host !== "") invalid(text, "a file URL names no host");
  if (url.search !== "") invalid(text, "it has a query");
  return { url: place, scheme };
}

function readSubpath(text: string, subpath: string): string {
  const parts = subpath.split("/").filter((part) => part !== "" && part !== ".");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused.
  if (parts.some((part) => part === ".." || /[\x00-\x1f\x7f]/.test(part))) {
    invalid(text, "its sub-path leaves the source");
  }
  return parts.join("/");
}

/** The rules of git-check-ref-format(1), for a name that may have no slash. */
function isRef(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git refuses them, and so must this.
  if (name === "" || name.length > 255 || /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|[/.]$/.test(name))
    return false;
  return name.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}

function isBareRepository(path: string): boolean {
  return (
    existsSync(join(path, "HEAD")) &&
    (statSync(join(path, "objects"), { throwIfNoEntry: false })?.isDirectory() ?? false)
  );
}

function splitOnce(text: string, at: number, length: number): [string, string | undefined] {
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + length)];
}

function invalid(location: string, reason: string): never {
  return fail("source.location-invalid", { location, reason });
}
