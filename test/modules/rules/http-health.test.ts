import { test } from "uvu";
import * as assert from "uvu/assert";
import { type RunningStreamRule, runStreamRule } from "../run-stream-rule.ts";

const paths = [
  { path: "/healthz", body: "ok\n" },
  { path: "/ready", status: 503, type: "application/json", body: '{"ready":false}' },
];
const request = (line: string, ...headers: string[]) =>
  [`${line} HTTP/1.1`, "Host: nas", ...headers, "", ""].join("\r\n");
/** All that was sent to a connection, and what was done besides. */
function outcome(done: string[]): { sent: string; rest: string[] } {
  const sent = done.filter((one) => one.startsWith("send ")).map((one) => one.replace(/^send \d+ /, ""));
  return { sent: sent.join(""), rest: done.filter((one) => !one.startsWith("send ")) };
}
const ask = (rule: RunningStreamRule, text: string) => outcome(rule.data(7, text));

test("a check is answered, and the connection kept for the next", () => {
  const rule = runStreamRule("http-health", { paths });
  const expected =
    "HTTP/1.1 200 Answered For Sleeping Host\r\nContent-Length: 3\r\nCache-Control: no-store\r\n" +
    "Content-Type: text/plain; charset=utf-8\r\n\r\nok\n";
  for (const _ of [1, 2])
    assert.equal(ask(rule, request("GET /healthz?from=lb")), { sent: expected, rest: [] });
  assert.equal(ask(rule, request("GET /healthz").repeat(2)), { sent: expected.repeat(2), rest: [] });
});

test("HEAD has no body, and clients that want the end get it", () => {
  const rule = runStreamRule("http-health", { paths });
  assert.match(
    ask(rule, request("HEAD /ready")).sent,
    /^HTTP\/1.1 503 .*Content-Length: 15\r\n.*json\r\n\r\n$/s,
  );
  for (const text of [
    request("GET /healthz", "connection: CLOSE".toLowerCase()),
    request("GET /healthz", "Connection: close"),
    "GET /healthz HTTP/1.0\r\n\r\n",
  ]) {
    const { sent, rest } = ask(rule, text);
    assert.match(sent, /Connection: close\r\n\r\nok\n$/);
    assert.equal(rest, ["close 7"]);
  }
});

test("a request may come in pieces, and many at a time", () => {
  const rule = runStreamRule("http-health", { paths });
  const bytes = [...request("GET /healthz")];
  for (const [index, byte] of bytes.entries())
    for (const connection of [1, 2]) {
      const done = rule.data(connection, byte);
      assert.is(done.length > 0, index === bytes.length - 1, `after byte ${index}`);
    }
});

test("whatever else comes is for the host, from its first byte on", () => {
  const rule = runStreamRule("http-health", { paths });
  for (const text of [
    request("GET /"),
    request("GET /healthzz"),
    request("POST /healthz", "Content-Length: 2"),
    request("GET /healthz", "Content-Length: 2"),
    request("GET /healthz", "Upgrade: websocket"),
    "\x16\x03\x01\x02",
    "GET /healthz\r\n\r\n",
    `GET /${"x".repeat(5000)}`,
  ])
    assert.equal(rule.data(7, text), [`hand-over 7 ${text}`]);
  const [first, second] = [request("GET /healthz"), request("GET /page")];
  assert.equal(ask(rule, first + second).rest, [`hand-over 7 ${second}`], "what was answered stays here");
  rule.data(8, "GET /pa");
  assert.equal(rule.data(8, "ge HTTP/1.1\r\n\r\n"), ["hand-over 8 GET /page HTTP/1.1\r\n\r\n"]);
});

test("redirect sends the client to the same place again, and nowhere else", () => {
  const rule = runStreamRule("http-health", { paths, otherwise: "redirect" });
  const { sent, rest } = ask(rule, request("POST /page?a=b", "Content-Length: 9"));
  assert.match(
    sent,
    /^HTTP\/1.1 307 Temporary Redirect\r\nLocation: \/page\?a=b\r\n.*Connection: close\r\n\r\n$/s,
  );
  assert.equal(rest, ["wake", "close 7"]);
  for (const text of [
    request("GET //evil.example/"),
    request("GET http://evil.example/"),
    "GET \r\n\r\n",
    "\x16\x03",
  ])
    assert.equal(ask(rule, text), { sent: "", rest: ["wake", "close 7"] });
  const closing = runStreamRule("http-health", { paths, otherwise: "close" });
  assert.equal(closing.data(7, request("GET /")), ["wake", "close 7"]);
});

test("what never ends is refused, and what is gone is forgotten", () => {
  const rule = runStreamRule("http-health", { paths });
  rule.data(1, "GET /healthz HTTP/1.1\r\n");
  rule.data(1, `X: ${"x".repeat(3000)}`);
  const { sent, rest } = outcome(rule.data(1, "x".repeat(3000)));
  assert.match(sent, /^HTTP\/1.1 431 /);
  assert.equal(rest, ["close 1"]);
  for (let connection = 0; connection < 64; connection += 1)
    assert.equal(rule.data(connection, "GET /h"), []);
  assert.equal(rule.data(64, "GET /h"), ["reset 64"], "so many unfinished ones are kept");
  rule.close(3);
  assert.equal(rule.data(64, "GET /h"), []);
  assert.equal(
    rule.data(99, request("GET /healthz").repeat(1000)),
    ["reset 99"],
    "more than fits in an answer",
  );
});

test("a configuration that makes no sense is refused with a reason", () => {
  const refusal = (config: unknown): string => {
    try {
      runStreamRule("http-health", config);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.match(refusal({}), /"paths" should be a list/);
  assert.match(refusal({ paths: [{ path: "healthz" }] }), /begins with \//);
  assert.match(refusal({ paths: [{ path: "/", status: 99 }] }), /"status"/);
  assert.match(refusal({ paths: [{ path: "/", body: 7 }] }), /"body"/);
  assert.match(refusal({ paths: [{ path: "/", type: "a\r\nX: y" }] }), /one line/);
  assert.match(refusal({ paths, otherwise: "sleep" }), /"otherwise"/);
});

test.run();
