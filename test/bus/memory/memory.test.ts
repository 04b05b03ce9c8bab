import { memoryBus } from "../../../bus/mod.ts";
import { busContract } from "../contract.ts";

busContract("memory, in one thread,", async () => {
  const bus = memoryBus();
  return { join: async (options) => bus.join(options), end: () => bus.close() };
});
