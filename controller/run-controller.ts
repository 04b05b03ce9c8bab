import { Reconciler, type ReconcilerOptions } from "./reconciler.ts";
import { SoleLeadership } from "./sole-leadership.ts";

export interface ControllerOptions extends Omit<ReconcilerOptions, "leadership"> {
  /** Absent: this controller is alone on its bus. */
  leadership?: ReconcilerOptions["leadership"];
}

export interface RunningController {
  reconciler: Reconciler;
  /** Leaves the fleet as it is. The source and the bus stay open: they belong to who made them. */
  stop(): Promise<void>;
}

/**
 * Runs a controller: what `netloom up`, `netloom lab` and `netloom controller` have in common. Resolves when it knows the
 * fleet and the source, and has begun to act.
 */
export async function runController(options: ControllerOptions): Promise<RunningController> {
  const leadership = options.leadership ?? new SoleLeadership();
  const reconciler = await Reconciler.start({ ...options, leadership });
  return {
    reconciler,
    async stop() {
      await reconciler.stop();
      await leadership.stop();
    },
  };
}
