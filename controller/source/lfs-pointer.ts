const pointerStart = "version https://git-lfs.github.com/spec/v1\n";
const pointerBytesMax = 1_024;

/** The size a Git LFS pointer speaks of, or undefined for any other content (Git LFS specification, "The Pointer"). */
export function lfsPointerBytes(content: Uint8Array): number | undefined {
  if (content.length > pointerBytesMax) return undefined;
  const text = Buffer.from(content.buffer, content.byteOffset, content.length).toString("latin1");
  if (!text.startsWith(pointerStart)) return undefined;
  return Number(/^size (\d+)$/m.exec(text)?.[1] ?? 0);
}
