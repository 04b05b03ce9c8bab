import { randomBytes } from "node:crypto";

/** A fleet of so many hosts, and of one Customization that all of them receive. */
export const hostName = (device: number): string => `device-${device}`;

export function fleetFiles(devices: number): Map<string, string> {
  const files = new Map<string, string>();
  for (let device = 0; device < devices; device++)
    files.set(`hosts/${hostName(device)}.yaml`, hostYaml(device));
  return files;
}

function hostYaml(device: number): string {
  return `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${hostName(device)}, labels: {role: device}}
spec: {interfaces: [{name: eth0, addresses: [10.${device >> 8}.${device & 255}.1/24]}]}
`;
}

/** Path of the module that `customizationYaml` names. */
export const modulePath = "modules/dialect.wasm";

export const customizationYaml = `apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: dialect}
spec:
  module: {wasm: ${modulePath}}
  priority: 10
  active: true
  ends:
    - role: receiver
      hosts: {matchLabels: {role: device}}
      tap: {protocol: UDP, local: {port: 53}}
`;

/** A module of so many bytes and a few, no two alike: all but nothing of it is a custom section of random bytes. */
export function newModule(bytes: number): Uint8Array {
  const magic = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const name = [1, 0x78];
  const size = leb128(bytes + name.length);
  return Buffer.concat([Buffer.from([...magic, 0, ...size, ...name]), randomBytes(bytes)]);
}

function leb128(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb128(value >>> 7)];
}
