import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificate {
  cert: string;
  key: string;
}

/** Makes certificates with openssl, as docs/responder.md says it. */
export class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), "netloom-ca-"));
  readonly ca: string = join(this.folder, "ca.pem");

  constructor() {
    this.#openssl(
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=netloom-hosts",
      ["-keyout", "ca.key", "-out", "ca.pem"],
    );
  }

  /** A certificate for these DNS names; `days` below zero gives one that has expired. */
  issue(file: string, names: string[], { days = 365, commonName = file } = {}): Certificate {
    this.#openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes", [
      ...["-subj", `/CN=${commonName}`, "-keyout", `${file}.key`, "-out", `${file}.csr`],
    ]);
    const extensions =
      names.length > 0 ? `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\n` : "";
    writeFileSync(join(this.folder, `${file}.ext`), `basicConstraints=CA:FALSE\n${extensions}`);
    this.#openssl("x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial", [
      ...["-days", `${days}`, "-in", `${file}.csr`, "-out", `${file}.pem`, "-extfile", `${file}.ext`],
    ]);
    return { cert: join(this.folder, `${file}.pem`), key: join(this.folder, `${file}.key`) };
  }

  /** As Node takes them. */
  read({ cert, key }: Certificate, authority: Authority = this): { cert: Buffer; key: Buffer; ca: Buffer } {
    return { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(authority.ca) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #openssl(words: string, more: string[]): void {
    execFileSync("openssl", [...words.split(" "), ...more], { cwd: this.folder, stdio: "pipe" });
  }
}
