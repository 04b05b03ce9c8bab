import { test } from "uvu";
import * as assert from "uvu/assert";
import { drawChart } from "../../../bench/sleep/chart.ts";

const chart = {
  name: "loss",
  title: "Lost",
  x: { title: "sent", scale: "log" as const },
  y: { title: "percent", scale: "linear" as const },
};
const circles = (svg: string) =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [x, y]);

test("points stand where the marks of their values stand", () => {
  const svg = drawChart({
    ...chart,
    series: [
      {
        name: "proxy",
        points: [
          [10, 0],
          [100, 50],
          [1_000, 100],
        ],
      },
    ],
  });
  assert.equal(circles(svg), [
    ["84", "340"],
    ["326", "192"],
    ["568", "44"],
  ]);
  assert.match(svg, /<text class="ink" x="326" y="360" text-anchor="middle">100<\/text>/);
});

test("a series of nothing but zeros, and one point, are drawn too", () => {
  const svg = drawChart({ ...chart, series: [{ name: "kernel", points: [[10, 0]] }] });
  assert.equal(circles(svg), [["84", "340"]]);
  assert.not.match(svg, /NaN|Infinity/);
});

test.run();
