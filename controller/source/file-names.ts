import { sourceLimits } from "./limits.ts";

/**
 * Whether a file or folder of this name is no part of a source: hidden, installed packages, what editors leave behind
 * while they write, and what a program may be writing into a work tree all day.
 */
export function isIgnoredName(name: string): boolean {
  if (name === "." || name === "..") return false;
  return /^\.|^node_modules$|~$|^#.*#$|\.(?:tmp|swp|swo|swx|log|pcap)$|^4913$|___jb_(?:tmp|old)___$/.test(
    name,
  );
}

/** Why a path must not be used, or undefined. Whatever git's trees and file systems can hold is told apart here. */
export function pathFault(path: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused.
  if (/[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(path)) return "has a control character";
  if (path.includes("\ufffd")) return "is not UTF-8";
  if (path.includes("\\")) return "has a backslash";
  if (path.split("/").some((part) => part === "" || part === "." || part === ".."))
    return "leaves its folder";
  if (Buffer.byteLength(path) > sourceLimits.pathBytesMax)
    return `is over ${sourceLimits.pathBytesMax} bytes long`;
  return undefined;
}

/** A harmless name for a path with a fault, to show it and to list it by. */
export function escapePath(path: string): string {
  return escapeText(path).replace(
    /(?<=^|\/)\.{0,2}(?=\/|$)/g,
    (dots) => "\\u002e".repeat(dots.length) || "\\u0000",
  );
}

/** Text of the world's, fit to be shown: bounded, and without characters that steer a terminal. */
export function escapeText(text: string): string {
  return text.slice(0, sourceLimits.pathBytesMax).replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is replaced.
    /[\x00-\x1f\x7f-\x9f\u2028\u2029\\\ufffd]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
