import {
  type CheckResult,
  endOfLab,
  isInsideSandbox,
  junitReport,
  orderChecks,
  runCheck,
  tapHead,
  tapResult,
} from "../../lab/mod.ts";
import type { LabTestOptions } from "../lab.ts";
import { describeEvent } from "./describe-event.ts";
import { launchLab } from "./launch-lab.ts";
import { startLab } from "./start-lab.ts";

/** Brings a lab up, runs its checks one after the other and ends it: 0 all passed, 1 one failed, 2 could not run. */
export function testLab(location: string, options: LabTestOptions): Promise<number> {
  return isInsideSandbox() ? testInside(location, options) : launchLab(location, options);
}

async function testInside(location: string, options: LabTestOptions): Promise<number> {
  const end = endOfLab();
  const lab = await startLab(location, options, (event) =>
    process.stderr.write(`# ${describeEvent(event)}\n`),
  );
  try {
    await lab.settle({ timeoutMs: options.timeout * 1000, signal: end });
    const checks = orderChecks(lab.checks);
    const isTap = options.output === "tap";
    if (isTap) console.log(tapHead(checks.length));
    const results: CheckResult[] = [];
    for (const check of checks) {
      if (end.aborted) return 2;
      const result = await runCheck(check, lab.sleepers, end);
      results.push(result);
      if (isTap) console.log(tapResult(result, results.length));
    }
    if (options.output === "json") console.log(JSON.stringify(results, undefined, 2));
    if (options.output === "junit") console.log(junitReport(results));
    return results.every(({ passed }) => passed) ? 0 : 1;
  } finally {
    await lab.close();
  }
}
