import type { SleeperItem } from "../../controller/mod.ts";
import { sleeperHeadings, sleeperRow } from "./sleeper-rows.ts";
import type { TopView } from "./top-view.ts";

/** `netloom top hosts`: the hosts that may sleep. */
export const sleeperView: TopView<SleeperItem> = {
  path: "/v1/sleepers",
  namespaceOf: ({ host }) => host.split("/")[0] as string,
  weights: {
    asleep: ({ asleepSeconds }) => asleepSeconds,
    answered: ({ answered }) => answered,
    wakes: ({ wakes }) => wakes.byRule + wakes.byItself,
    saved: ({ savedKWh = 0 }) => savedKWh,
  },
  key: ({ host }) => host,
  headings: sleeperHeadings,
  row: sleeperRow,
  none: "No hosts that may sleep found.",
};
