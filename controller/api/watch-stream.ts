import type { ServerResponse } from "node:http";
import type { News, Reconciler } from "../reconciler.ts";
import type { WatchLine } from "./replies.ts";
import { objectItem, objectItems } from "./views.ts";

/** A watcher that reads slower than the fleet changes is cut off when this much waits for it; it may come again. */
const waitingBytesMax = 8 * 1024 * 1024;

/** Says so now and then that the watcher is still being served. */
const keepAliveMs = 15_000;

/** Writes everything there is, `synced`, and then every change, a JSON value a line, until the watcher hangs up. */
export function streamNews(reconciler: Reconciler, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
  const say = (line: WatchLine): void => {
    if (response.writableLength > waitingBytesMax) response.destroy();
    else response.write(`${JSON.stringify(line)}\n`);
  };
  const stop = reconciler.watch((news) => say(lineOf(news)));
  const keepAlive = setInterval(() => response.write("\n"), keepAliveMs);
  response.on("close", () => {
    clearInterval(keepAlive);
    stop();
  });
  say({ kind: "source", status: reconciler.sourceStatus });
  for (const item of objectItems(reconciler, { kind: undefined, namespace: undefined }))
    say({ kind: "object", item });
  for (const event of reconciler.events.list()) say({ kind: "event", event });
  say({ kind: "synced" });
}

const lineOf = (news: News): WatchLine =>
  news.kind === "object" ? { kind: "object", item: objectItem(news.status) } : news;
