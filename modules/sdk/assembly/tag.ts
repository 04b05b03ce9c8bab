import { store32 } from "./bytes";
import { fnv1a } from "./hash";
import { Json } from "./json";

/** What follows the first four bytes of a tag: 0xf5, which no text in UTF-8 has, and "NL4". */
export const TAG_FRONT: u8 = 1;
export const TAG_MIDDLE: u8 = 2;
export const TAG_END: u8 = 3;
export const TAG_STREAM: u8 = 4;
export const TAG_APPLICATION: u8 = 5;
export const TAG_TLS: u8 = 6;

export const tagBytes: u32 = 32;
const textBytesMax: u32 = 18;
const textAt: usize = 6;
const checkAt: usize = 24;

/**
 * Thirty-two bytes by which a module knows its own messages: "\xf5NL4", what tag it is, length of a text and the text, filled up
 * with bytes that follow from these, and eight bytes of check over the first 24.
 */
export class Tag {
  readonly start: usize = heap.alloc(tagBytes);

  constructor(private kind: u8) {
    const nothing = "";
    this.write(changetype<usize>(nothing), 0);
  }

  /** Takes the text from a configuration; false when it is no text of 1 to 18 bytes. Without one, the text is `otherwise`. */
  configure(given: Json, otherwise: string): bool {
    const buffer = heap.alloc(256);
    let length: u32;
    if (!given.exists) length = <u32>String.UTF8.encodeUnsafe(changetype<usize>(otherwise), otherwise.length, buffer);
    else if (!given.isText || given.textLength > 120) return false;
    else length = given.copyText(buffer);
    if (length == 0 || length > textBytesMax) return false;
    this.write(buffer, length);
    heap.free(buffer);
    return true;
  }

  private write(text: usize, length: u32): void {
    const start = this.start;
    store<u32>(start, 0x344c4ef5);
    store<u8>(start, this.kind, 4);
    store<u8>(start, <u8>length, 5);
    memory.copy(start + textAt, text, length);
    let filler = fnv1a(start, <u32>textAt + length);
    for (let at = textAt + length; at < checkAt; at++) {
      filler = fnv1a(start + 4, 1, filler);
      store<u8>(start + at, <u8>(filler >> 24));
    }
    const check = fnv1a(start, <u32>checkAt);
    store32(start + checkAt, check);
    store32(start + checkAt + 4, fnv1a(start, <u32>checkAt, check));
  }
}
