import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { judgeAnswer, makeChallenge } from "../../../controller/security/challenge.ts";
import { readInstance } from "../../../controller/security/instance.ts";
import { respond } from "./guests.ts";

const content = new Uint8Array(randomBytes(36));
const instance = readInstance(content);
const keyHex = Buffer.from(instance.key).toString("hex");

function openssl(mode: "-d" | "-e", iv: string, input: Uint8Array): Buffer {
  return execFileSync("openssl", ["enc", "-aes-256-cbc", mode, "-K", keyHex, "-iv", iv], { input });
}

test("openssl reads a challenge, and what it encrypts as the answer is right", () => {
  const challenge = makeChallenge(instance);
  const [iv, text] = [challenge.nonce.slice(0, 32), Buffer.from(challenge.nonce.slice(32), "hex")];
  const secret = openssl("-d", iv, text);
  assert.equal(secret, Buffer.from(challenge.secret));
  assert.is(secret.length, 8);
  const id = Buffer.alloc(4);
  id.writeUInt32BE(instance.id);
  const answerIv = randomBytes(16).toString("hex");
  const answer = answerIv + openssl("-e", answerIv, Buffer.concat([secret, id])).toString("hex");
  assert.is(judgeAnswer(instance, challenge, answer), "right");
});

test("openssl reads the answer of a module: challenge, then id", () => {
  const challenge = makeChallenge(instance);
  const answer = respond(content, challenge.nonce);
  const said = openssl("-d", answer.slice(0, 32), Buffer.from(answer.slice(32), "hex"));
  assert.equal(said.subarray(0, 8), Buffer.from(challenge.secret));
  assert.is(said.readUInt32BE(8), instance.id);
});

test("no challenge is made twice", () => {
  const made = Array.from({ length: 100 }, () => makeChallenge(instance));
  assert.is(new Set(made.map(({ nonce }) => nonce.slice(0, 32))).size, 100);
  assert.is(new Set(made.map(({ secret }) => Buffer.from(secret).toString("hex"))).size, 100);
});

test("every other answer is wrong", () => {
  const challenge = makeChallenge(instance);
  const right = respond(content, challenge.nonce);
  const otherKey = Uint8Array.from(content, (byte, at) => (at === 10 ? byte ^ 1 : byte));
  const answers = {
    "": "empty",
    zz: "empty",
    [right.slice(2)]: "31 bytes",
    [`${right}00`]: "33 bytes",
    [challenge.nonce]: "not the challenge and its id",
    [respond(content, challenge.nonce, { id: (instance.id ^ 1) >>> 0 })]: "not the challenge and its id",
    [respond(content, makeChallenge(instance).nonce)]: "not the challenge and its id",
    [respond(otherKey, makeChallenge(readInstance(otherKey)).nonce)]: "its ",
  };
  for (const [answer, reason] of Object.entries(answers)) {
    const judged = judgeAnswer(instance, challenge, answer);
    assert.ok(judged !== "right", answer);
    assert.match(judged.wrong, reason);
  }
});

test.run();
