import assert from "node:assert";

const keyPattern = /^[-/_=a-zA-Z0-9]+(\.[-/_=a-zA-Z0-9]+)*$/;
const namePattern = /^[a-z][-a-z0-9]{0,31}$/;
const keyCharactersMax = 400;

/** Asserts that a key can stand in every adapter's bucket. */
export function assertKey(key: string): void {
  assert(key.length <= keyCharactersMax && keyPattern.test(key), `bad key "${key}"`);
}

/** Asserts that a bucket or queue can have that name. */
export function assertName(name: string): void {
  assert(namePattern.test(name), `bad name "${name}"`);
}
