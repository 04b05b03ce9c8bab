import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { askProxy, certificateName, type ProxyAddress, type Request } from "../../daemon/responder/mod.ts";
import { fail, isRetryable, ProblemError } from "../../schemas/mod.ts";
import type { HostFlags } from "./host-flags.ts";

const firstPauseMs = 200;
const pauseMsMax = 2_000;

/** Says all of it to the proxy, again while what goes wrong may pass and there is time. Rejects with the last problem. */
export async function tellProxy(requests: readonly Request[], flags: HostFlags): Promise<void> {
  const proxy = await proxyOf(flags);
  const endMs = performance.now() + flags.timeout;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
    try {
      await askProxy(proxy, requests, { timeoutMs: Math.max(1, endMs - performance.now()) });
      return;
    } catch (error) {
      const mayPass = error instanceof ProblemError && isRetryable(error.problem);
      if (!mayPass || performance.now() + pauseMs >= endMs) throw error;
      await delay(pauseMs);
    }
  }
}

async function proxyOf({ proxy, plain, ...flags }: HostFlags): Promise<ProxyAddress> {
  if (plain) return proxy;
  const { proxyName: name, ca, cert, key } = flags;
  if (name === undefined || ca === undefined || cert === undefined || key === undefined) {
    return fail("host.options", { reason: "--proxy-name, --ca, --cert and --key are needed, or --plain" });
  }
  const host = name.includes("/") ? name : `default/${name}`;
  const [caText, certText, keyText] = await Promise.all([ca, cert, key].map(readPem));
  const tls = { ca: caText!, cert: certText!, key: keyText!, serverName: certificateName(host) };
  return { ...proxy, tls };
}

function readPem(file: string): Promise<Buffer> {
  return readFile(file).catch((error: Error) => fail("host.options", { reason: error.message }));
}
