import { mkdirSync, writeFileSync } from "node:fs";
import { loadavg, release } from "node:os";
import { resolve } from "node:path";
import type { Engine } from "../../daemon/engine.ts";
import type { Chart, Series } from "./chart.ts";
import { drawFigures } from "./draw-figures.ts";
import {
  addHost,
  addRule,
  echoOn,
  flood,
  hostAddress,
  pingShare,
  port,
  proxyAddress,
  ruleFor,
  settled,
  startEngine,
  tripUs,
  type Work,
  withC,
  withoutAnswers,
} from "./lan.ts";

/** What was measured, and when and under which load. */
export interface Figures {
  takenAt: string;
  kernel: string;
  loadBefore: number;
  loadAfter: number;
  charts: Chart[];
}

const figuresFolder = resolve(import.meta.dirname, "../../../docs/figures");
const rates = [25_000, 50_000, 100_000, 200_000, 400_000, 800_000];
const pingRates = [10_000, 50_000, 100_000, 200_000, 300_000, 400_000];
const counts = [1, 10, 100, 1_000, 2_500, 5_000, 10_000];
const works: Work[] = ["echo", "check", "checksum", "substring", "sha256", "aes256"];
/** Of so many short runs the best counts: other work on the machine only ever slows one down. */
const tries = 4;
const forSeconds = 0.04;
const pingSeconds = 0.1;

const sent = { title: "packets sent a second", scale: "log" } as const;
const answeredAxis = { title: "packets answered a second", scale: "log" } as const;

/** Measures the figures of the document's chapter 5 (5.2 to 5.10) anew, keeps them in docs/figures/, and draws them. */
export async function measurePlots(): Promise<void> {
  const loadBefore = loadavg()[0] as number;
  const charts = [
    ...(await throughputCharts()),
    await tripChart("rules"),
    await tripChart("hosts"),
    await lossChart(),
  ];
  const figures: Figures = {
    takenAt: new Date().toISOString(),
    kernel: release(),
    loadBefore,
    loadAfter: loadavg()[0] as number,
    charts,
  };
  mkdirSync(figuresFolder, { recursive: true });
  writeFileSync(`${figuresFolder}/sleep.json`, `${JSON.stringify(figures, null, 2)}\n`);
  drawFigures(figures, figuresFolder);
}

async function throughputCharts(): Promise<Chart[]> {
  return await withoutAnswers(async () => {
    const bySize = async (work: Work): Promise<Series[]> => [
      await ours(work, 50, "50 bytes"),
      await ours(work, 500, "500 bytes"),
      await ours(work, 1_000, "1,000 bytes"),
    ];
    const [echo, aes] = [await bySize("echo"), await bySize("aes256")];
    const others: Series[] = [];
    for (const work of works.slice(1, -1)) others.push(await ours(work, 500, work));
    const named = (series: Series, name: string): Series => ({ ...series, name });
    const all = [named(echo[1] as Series, "echo"), ...others, named(aes[1] as Series, "aes256")];
    const chart = (name: string, title: string, series: Series[]): Chart => ({
      name,
      title,
      x: sent,
      y: answeredAxis,
      series,
    });
    return [
      chart("aes-proxy-and-c", "AES-256 of 500 bytes: proxy and C program", [
        named(aes[1] as Series, "proxy"),
        await theirs("aes256", 500, "C program"),
      ]),
      chart("echo-by-size", "Echo by payload", [...echo, await theirs("echo", 500, "C, 500 bytes")]),
      chart("aes-by-size", "AES-256 by payload", aes),
      chart("all-rules", "The six rules at 500 bytes", all),
    ];
  });
}

async function ours(work: Work, bytes: number, name: string): Promise<Series> {
  const engine = await sleeping();
  await addRule(engine, 5, ruleFor(work));
  await settled();
  try {
    return { name, points: await atRates((rate) => flood(bytes, hostAddress, { rate, forSeconds })) };
  } finally {
    await engine.stop();
  }
}

async function theirs(work: Work, bytes: number, name: string): Promise<Series> {
  const points = await withC(work, () => atRates((rate) => flood(bytes, proxyAddress, { rate, forSeconds })));
  return { name, points };
}

async function atRates(measure: (rate: number) => Promise<number>): Promise<Series["points"]> {
  const points: [number, number][] = [];
  for (const rate of rates) points.push([rate, await best(() => measure(rate), Math.max)]);
  return points;
}

async function tripChart(what: "rules" | "hosts"): Promise<Chart> {
  const engine = await sleeping();
  await addRule(engine, 5, echoOn(port));
  const points: [number, number][] = [];
  let there = 1;
  for (const count of counts) {
    for (; there < count; there += 1) {
      if (what === "rules") await addRule(engine, 5, echoOn(port + there));
      else {
        await addHost(engine, 5 + there);
        await addRule(engine, 5 + there, echoOn(port));
      }
    }
    await settled();
    points.push([count, await best(tripUs, Math.min)]);
  }
  await engine.stop();
  return {
    name: `trips-by-${what}`,
    title: `Median round trip by number of ${what === "rules" ? "rules" : "sleeping hosts"}`,
    x: { title: what === "rules" ? "rules" : "sleeping hosts", scale: "log" },
    y: { title: "median round trip in µs", scale: "linear" },
    series: [{ name: "proxy", points }],
  };
}

async function lossChart(): Promise<Chart> {
  const engine = await sleeping();
  await addRule(engine, 5, { name: "ping", program: "icmp-echo", layer: "ICMP" });
  await settled();
  const lossOf = async (address: string): Promise<Series["points"]> => {
    const points: [number, number][] = [];
    for (const rate of pingRates) {
      points.push([rate, 100 * (1 - (await best(() => pingShare(address, rate, pingSeconds), Math.max)))]);
    }
    return points;
  };
  const proxy = await lossOf(hostAddress);
  await engine.stop();
  return {
    name: "ping-loss",
    title: "Echo requests without an answer",
    x: { title: "echo requests a second", scale: "log" },
    y: { title: "lost, in percent", scale: "linear" },
    series: [
      { name: "proxy", points: proxy },
      { name: "the kernel itself", points: await lossOf(proxyAddress) },
    ],
  };
}

async function sleeping(): Promise<Engine> {
  const engine = await startEngine();
  await addHost(engine, 5);
  return engine;
}

async function best(
  measure: () => Promise<number>,
  choose: (...values: number[]) => number,
): Promise<number> {
  const values: number[] = [];
  for (let count = 0; count < tries; count += 1) values.push(await measure());
  return choose(...values);
}
