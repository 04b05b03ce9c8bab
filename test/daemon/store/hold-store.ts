/** Holds the store in the folder named on the command line until it is killed; says so on its output. */
import { UnitStore } from "../../../daemon/store/unit-store.ts";

await UnitStore.open(process.argv[2] as string);
console.log("held");
setInterval(() => undefined, 60_000);
