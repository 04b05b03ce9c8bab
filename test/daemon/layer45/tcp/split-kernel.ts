import { BpfMap } from "../../../../daemon/linux/bpf-map.ts";
import { closeDescriptor } from "../../../../daemon/linux/mod.ts";
import { findMaps } from "../../../../daemon/linux/named-maps.ts";
import { networkNamespaceCookie } from "../../../../daemon/linux/namespace.ts";
import { programsOn } from "../../../../daemon/linux/split/interface-programs.ts";
import { indexOf } from "../../../../daemon/linux/split/private-network.ts";
import { programName } from "../../../../daemon/linux/split/split-interfaces.ts";
import { splitRecord, splitRecordBytes } from "../../../../daemon/linux/split/split-record.ts";
import { mapNames } from "../../../../daemon/linux/split/split-records.ts";

/** How many of the programs that split connections are on an interface. */
export function splitProgramsOn(name: string): number {
  const found = (["interfaceIngress", "interfaceEgress"] as const).flatMap((hook) =>
    programsOn(programName, indexOf(name), hook),
  );
  for (const fd of found) closeDescriptor(fd);
  return found.length;
}

const slots = 1_024;

/** What BPF programs and the engine of this network namespace, whichever process has it, know of connections. */
export function splitRecords() {
  const [fd, ...others] = findMaps(mapNames(networkNamespaceCookie()).records);
  for (const other of others) closeDescriptor(other);
  if (fd === undefined) return [];
  const map = new BpfMap({ type: "array", keyBytes: 4, valueBytes: splitRecordBytes, entriesMax: slots, fd });
  try {
    return Array.from({ length: slots }, (_, slot) => {
      const value = map.get(new Uint8Array(Uint32Array.of(slot).buffer)) as Uint8Array;
      const view = new DataView(value.slice().buffer);
      return {
        mode: view.getUint32(splitRecord.mode, true),
        packets: view.getBigUint64(splitRecord.packets, true),
        settled: view.getBigUint64(splitRecord.settled, true),
        shiftOut: view.getInt32(splitRecord.shiftOut, true),
        shiftIn: view.getInt32(splitRecord.shiftIn, true),
      };
    });
  } finally {
    map.close();
  }
}
