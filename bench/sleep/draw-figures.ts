import { writeFileSync } from "node:fs";
import { drawChart } from "./chart.ts";
import type { Figures } from "./measure-plots.ts";

/** Writes one SVG for each chart. */
export function drawFigures({ charts }: Figures, folder: string): void {
  for (const chart of charts) writeFileSync(`${folder}/${chart.name}.svg`, drawChart(chart));
}
