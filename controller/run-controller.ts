import { type ApiServer, serveApi } from "./api/server.ts";
import type { ServerAddress } from "./api/server-address.ts";
import { Reconciler, type ReconcilerOptions } from "./reconciler.ts";
import { SoleLeadership } from "./sole-leadership.ts";

export interface ControllerOptions extends Omit<ReconcilerOptions, "leadership"> {
  /** Absent: this controller is alone on its bus. */
  leadership?: ReconcilerOptions["leadership"];
  /** Where the API is served; by default nowhere. */
  serve?: readonly ServerAddress[];
}

export interface RunningController {
  reconciler: Reconciler;
  /** Where the API is served, in the order asked for. */
  addresses: ServerAddress[];
  /** Resolves when it knows the fleet and the source, and has begun to act; rejects when it cannot come that far. */
  ready: Promise<void>;
  /** Leaves the fleet as it is. The source and the bus stay open: they belong to who made them. */
  stop(): Promise<void>;
}

/**
 * Runs a controller: what `netloom up`, `netloom lab` and `netloom controller` have in common. Resolves when it serves its
 * API, which says meanwhile that a source is being read, for as long as that takes.
 */
export async function runController(options: ControllerOptions): Promise<RunningController> {
  const leadership = options.leadership ?? new SoleLeadership();
  const reconciler = await Reconciler.load({ ...options, leadership });
  const servers: ApiServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
    await reconciler.stop();
    await leadership.stop();
  };
  try {
    for (const address of options.serve ?? []) {
      servers.push(await serveApi(reconciler, { address, log: options.log }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const addresses = servers.map(({ address }) => address);
  return { reconciler, addresses, ready: reconciler.start(), stop };
}
