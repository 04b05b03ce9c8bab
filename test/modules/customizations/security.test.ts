import { execFileSync } from "node:child_process";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { abiOf, customizationAbi, standardModule, standardModuleNames } from "../../../modules/mod.ts";
import { runCustomization } from "../run-customization.ts";

function challenge(
  key: Uint8Array,
  text: Uint8Array = randomBytes(8),
  iv: Uint8Array = randomBytes(16),
): Buffer {
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  return Buffer.concat([iv, cipher.update(text), cipher.final()]);
}

function opened(key: Uint8Array, block: Uint8Array): Buffer {
  const decipher = createDecipheriv("aes-256-cbc", key, block.subarray(0, 16));
  return Buffer.concat([decipher.update(block.subarray(16)), decipher.final()]);
}

const customizations = standardModuleNames().filter(
  (name) => abiOf(standardModule(name) as Uint8Array) === customizationAbi,
);

for (const name of customizations) {
  test(`${name}: a challenge is answered with its own text and the instance's id`, () => {
    const key = randomBytes(32);
    const guest = runCustomization(name, {
      instance: { id: 0x0102fffe, key: Uint8Array.from(key) },
      config: name === "rate-limit" ? { delay: 1 } : {},
    });
    for (const length of [8, 0, 15, 16, 100]) {
      const text = randomBytes(length);
      const response = guest.secRespond(challenge(key, text)) as Uint8Array;
      assert.equal(opened(key, response), Buffer.concat([text, Buffer.from("0102fffe", "hex")]));
    }
  });
}

test("openssl reads the response too", () => {
  const key = randomBytes(32);
  const guest = runCustomization("monitor", { instance: { id: 7, key: Uint8Array.from(key) } });
  const response = Buffer.from(guest.secRespond(challenge(key, Buffer.from("8 bytes!"))) as Uint8Array);
  const options = ["enc", "-d", "-aes-256-cbc", "-K", key.toString("hex")];
  const plain = execFileSync("openssl", [...options, "-iv", response.toString("hex", 0, 16)], {
    input: response.subarray(16),
  });
  assert.is(plain.toString("latin1"), "8 bytes!\0\0\0\x07");
});

test("no two responses have the same IV, though the challenge be the same", () => {
  const key = randomBytes(32);
  const guest = runCustomization("monitor", { instance: { id: 7, key: Uint8Array.from(key) } });
  const again = runCustomization("monitor", { instance: { id: 7, key: Uint8Array.from(key) } });
  const same = challenge(key);
  const seen = new Set<string>();
  for (let round = 0; round < 500; round++) {
    const block = round % 2 === 0 ? same : challenge(key, Buffer.alloc(8), same.subarray(0, 16));
    seen.add(Buffer.from(guest.secRespond(block) as Uint8Array).toString("hex", 0, 16));
  }
  for (let round = 0; round < 100; round++)
    seen.add(Buffer.from(again.secRespond(challenge(key)) as Uint8Array).toString("hex", 0, 16));
  assert.is(seen.size, 600);
});

test("a challenge under another key, cut short or too long has no answer", () => {
  const key = randomBytes(32);
  const guest = runCustomization("monitor", { instance: { id: 7, key: Uint8Array.from(key) } });
  const good = challenge(key);
  for (const wrong of [good.subarray(0, 16), good.subarray(0, 31), Buffer.alloc(0), Buffer.alloc(4096)])
    assert.is(guest.secRespond(wrong), undefined);
  let answered = 0;
  for (let round = 0; round < 200; round++) if (guest.secRespond(challenge(randomBytes(32)))) answered++;
  assert.ok(answered < 20, "a wrong key gives a wrong padding, nearly always");
  const without = runCustomization("monitor");
  assert.is(without.secRespond(good), undefined);
});

test.run();
