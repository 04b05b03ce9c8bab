import { encodeU32 } from "./binary.ts";
import { type Limits, type ModuleShape, memorySection, tableSection } from "./shape.ts";

/**
 * The same module with the maximum of its memory (in pages of 64 KiB) and of its tables (in elements) lowered to what is
 * allowed: beyond it `memory.grow` and `table.grow` fail inside the guest as the specification says they may. Every other
 * section is copied as it is.
 */
export function boundModule(
  bytes: Uint8Array,
  shape: ModuleShape,
  maximum: { memoryPages: number; tableElements: number },
): Uint8Array {
  const parts: Uint8Array[] = [bytes.subarray(0, shape.sections[0]?.start ?? bytes.length)];
  for (const section of shape.sections) {
    if (section.id === memorySection) {
      const memories = shape.memories.map((memory) => limitsUpTo(memory, maximum.memoryPages));
      parts.push(encodeSection(memorySection, memories));
    } else if (section.id === tableSection) {
      const tables = shape.tables.map((table) => [
        table.element,
        ...limitsUpTo(table, maximum.tableElements),
      ]);
      parts.push(encodeSection(tableSection, tables));
    } else parts.push(bytes.subarray(section.start, section.end));
  }
  return Buffer.concat(parts);
}

function limitsUpTo(limits: Limits, allowed: number): number[] {
  const maximum = Math.min(limits.maximum ?? allowed, allowed);
  return [1, ...encodeU32(limits.minimum), ...encodeU32(maximum)];
}

function encodeSection(id: number, elements: number[][]): Uint8Array {
  const content = [...encodeU32(elements.length), ...elements.flat()];
  return Uint8Array.from([id, ...encodeU32(content.length), ...content]);
}
