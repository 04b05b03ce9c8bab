import type { ObjectStatus, ReconcileReply, WatchLine } from "../../controller/mod.ts";
import { isReady, isStalled } from "../../controller/status/object-status.ts";
import { ControllerClient } from "../client/controller-client.ts";
import { mostTelling, shortRevision } from "../get/object-rows.ts";
import type { ReconcileOptions } from "../reconcile.ts";

/** Has the controller look at everything now, and waits for what follows when asked to. Returns the exit status. */
export async function reconcile({ server, wait, timeout }: ReconcileOptions): Promise<number> {
  const client = new ControllerClient(server);
  const { source } = await client.post<ReconcileReply>("/v1/reconcile", { timeoutMs: timeout });
  process.stdout.write(`${source.location} at ${shortRevision(source.revision ?? "-")}\n`);
  if (!isReady(source)) process.stderr.write(`netloom: ${mostTelling(source.conditions)?.message}\n`);
  if (!wait) return isReady(source) ? 0 : 1;
  const left = await waitForAll(client, AbortSignal.timeout(timeout));
  for (const status of left) {
    process.stderr.write(`netloom: ${status.object}: ${mostTelling(status.conditions)?.message}\n`);
  }
  return left.length === 0 && isReady(source) ? 0 : 1;
}

/** Resolves to what is not ready: nothing when all is, else as soon as nothing but stalled objects is left, or at the end. */
async function waitForAll(client: ControllerClient, signal: AbortSignal): Promise<ObjectStatus[]> {
  const unready = new Map<string, ObjectStatus>();
  let isSynced = false;
  for await (const line of client.lines<WatchLine>("/v1/watch", signal)) {
    if (line.kind === "synced") isSynced = true;
    if (line.kind === "objectGone") unready.delete(line.object);
    if (line.kind === "object" && isReady(line.item.status)) unready.delete(line.item.status.object);
    else if (line.kind === "object") unready.set(line.item.status.object, line.item.status);
    if (isSynced && [...unready.values()].every(isStalled)) break;
  }
  return [...unready.values()];
}
