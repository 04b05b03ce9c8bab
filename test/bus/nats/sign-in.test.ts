import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { nkeys } from "nats";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { rejectsWith } from "../contract.ts";
import { NatsServer } from "../nats-server.ts";

/** A certificate for localhost, signed by an authority made for it: paths of PEM files. */
function certificates(folder: string): { ca: string; cert: string; key: string } {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): unknown => execFileSync("openssl", args, { stdio: "pipe" });
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  const authority = ["-keyout", at("ca.key"), "-out", at("ca.pem"), "-subj", "/CN=authority"];
  openssl("req", "-x509", ...curve, ...authority);
  openssl("req", "-new", ...curve, "-keyout", at("own.key"), "-out", at("own.csr"), "-subj", "/CN=netloom");
  writeFileSync(at("own.ext"), "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n");
  const signed = ["-in", at("own.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial"];
  openssl("x509", "-req", ...signed, "-days", "1", "-extfile", at("own.ext"), "-out", at("own.pem"));
  return { ca: at("ca.pem"), cert: at("own.pem"), key: at("own.key") };
}

test("a password lets in, a wrong one does not, and that is said at once", async () => {
  const server = await NatsServer.start('authorization { users: [{ user: "u", password: "right" }] }\n');
  const bus = await server.join({ auth: { kind: "password", user: "u", password: "right" } });
  assert.is(bus.state, "connected");
  await bus.close();
  await rejectsWith(server.join({ auth: { kind: "password", user: "u", password: "wrong" } }), "bus.refused");
  await rejectsWith(server.join(), "bus.refused");
  await rejectsWith(server.join({ auth: { kind: "nkey", seedFile: "/does/not/exist" } }), "bus.refused");
  await server.remove();
});

test("with TLS both sides show certificates, and an unknown authority is not believed", async () => {
  const server = await NatsServer.start("", { scheme: "tls" });
  const { ca, cert, key } = certificates(server.folder);
  await server.stop();
  server.configure(`tls { ca_file: "${ca}", cert_file: "${cert}", key_file: "${key}", verify: true }\n`);
  await server.run();
  const bus = await server.join({ tls: { ca, cert, key } });
  assert.is(bus.state, "connected");
  await bus.close();
  const signal = AbortSignal.timeout(500);
  await rejectsWith(server.join({ tls: { cert, key }, signal }), "bus.unavailable");
  await rejectsWith(server.join({ tls: { ca }, signal }), "bus.unavailable");
  await server.remove();
});

/** A token as NATS servers read it: signed by `signer`, about `subject`. */
function jwt(
  signer: ReturnType<typeof nkeys.createUser>,
  subject: string,
  nats: Record<string, unknown>,
): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = part({ typ: "JWT", alg: "ed25519-nkey" });
  const claims = {
    jti: subject,
    iat: 1,
    iss: signer.getPublicKey(),
    name: "test",
    sub: subject,
    nats: { version: 2, ...nats },
  };
  const text = `${head}.${part(claims)}`;
  return `${text}.${Buffer.from(signer.sign(Buffer.from(text))).toString("base64url")}`;
}

test("a credentials file lets in", async () => {
  const [operator, account, system, user] = [
    nkeys.createOperator(),
    nkeys.createAccount(),
    nkeys.createAccount(),
    nkeys.createUser(),
  ];
  const all = {
    subs: -1,
    data: -1,
    payload: -1,
    conn: -1,
    leaf: -1,
    imports: -1,
    exports: -1,
    wildcards: true,
  };
  const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const accountJwt = (of: typeof account, limits: Record<string, unknown>): string =>
    `${of.getPublicKey()}: ${jwt(operator, of.getPublicKey(), { type: "account", limits })}`;
  const server = await NatsServer.start(
    [
      `operator: ${jwt(operator, operator.getPublicKey(), { type: "operator" })}`,
      `system_account: ${system.getPublicKey()}`,
      "resolver: MEMORY",
      `resolver_preload: {`,
      accountJwt(account, { ...all, ...storage }),
      accountJwt(system, all),
      "}",
    ].join("\n"),
  );
  const file = join(server.folder, "user.creds");
  const userJwt = jwt(account, user.getPublicKey(), { type: "user", subs: -1, data: -1, payload: -1 });
  const block = (name: string, content: string): string =>
    `-----BEGIN ${name}-----\n${content}\n------END ${name}------\n`;
  const seed = Buffer.from(user.getSeed()).toString();
  writeFileSync(file, `${block("NATS USER JWT", userJwt)}\n${block("USER NKEY SEED", seed)}`);
  const bus = await server.join({ auth: { kind: "credentials", file } });
  const bucket = await bus.bucket("any");
  assert.ok(await bucket.put("k", new Uint8Array([1])));
  await bus.close();
  await rejectsWith(server.join(), "bus.refused");
  await server.remove();
});

test.run();
