import type { Bus } from "../../../bus/mod.ts";
import { busContract } from "../contract.ts";
import { NatsServer } from "../nats-server.ts";

busContract("nats", async () => {
  const server = await NatsServer.start();
  const joined: Bus[] = [];
  return {
    async join(options) {
      const bus = await server.join(options);
      joined.push(bus);
      return bus;
    },
    async end() {
      await Promise.all(joined.map((bus) => bus.close()));
      await server.remove();
    },
  };
});
