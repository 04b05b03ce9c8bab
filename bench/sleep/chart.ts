export interface Series {
  name: string;
  points: [x: number, y: number][];
}

export interface Axis {
  title: string;
  scale: "log" | "linear";
}

export interface Chart {
  /** Of its file. */
  name: string;
  title: string;
  x: Axis;
  y: Axis;
  series: Series[];
}

/** From a value to a place between 0 and 1, and the values that the axis is marked at. */
interface Scale {
  place(value: number): number;
  marks: number[];
}

const width = 720;
const height = 400;
const frame = { left: 84, right: 568, top: 44, bottom: 340 };
/** Told apart without colour too, by their dashes (Okabe and Ito's palette). */
const styles = [
  ["#0072b2", ""],
  ["#d55e00", "8 4"],
  ["#009e73", "2 3"],
  ["#cc79a7", "10 3 2 3"],
  ["#b08800", "5 2"],
  ["#56a0d3", "1 2"],
] as const;

/** An SVG with its own light and dark colours. */
export function drawChart(chart: Chart): string {
  const xScale = scaleOf(
    chart.x,
    chart.series.flatMap(({ points }) => points.map(([x]) => x)),
  );
  const yScale = scaleOf(
    chart.y,
    chart.series.flatMap(({ points }) => points.map(([, y]) => y)),
  );
  const left = (x: number): number => round(frame.left + xScale.place(x) * (frame.right - frame.left));
  const top = (y: number): number => round(frame.bottom - yScale.place(y) * (frame.bottom - frame.top));
  const middle = (frame.top + frame.bottom) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="13" role="img">`,
    `<title>${chart.title}</title>`,
    "<style>.paper{fill:#fff}.ink{fill:#222}.grid{stroke:#ddd}@media(prefers-color-scheme:dark){.paper{fill:#16181c}.ink{fill:#ddd}.grid{stroke:#3a3d44}}</style>",
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text class="ink" x="${frame.left}" y="24" font-size="16">${chart.title}</text>`,
    ...xScale.marks.map((value) => mark(left(value), frame.bottom, value, "x")),
    ...yScale.marks.map((value) => mark(frame.left, top(value), value, "y")),
    `<text class="ink" x="${(frame.left + frame.right) / 2}" y="${height - 16}" text-anchor="middle">${chart.x.title}</text>`,
    `<text class="ink" transform="translate(20 ${middle}) rotate(-90)" text-anchor="middle">${chart.y.title}</text>`,
    ...chart.series.map((series, at) => line(series, at, { left, top })),
    "</svg>\n",
  ].join("\n");
}

function mark(x: number, y: number, value: number, axis: "x" | "y"): string {
  const text = label(value);
  if (axis === "x")
    return `<line class="grid" x1="${x}" x2="${x}" y1="${frame.top}" y2="${y}"/><text class="ink" x="${x}" y="${y + 20}" text-anchor="middle">${text}</text>`;
  return `<line class="grid" x1="${x}" x2="${frame.right}" y1="${y}" y2="${y}"/><text class="ink" x="${x - 8}" y="${y + 4}" text-anchor="end">${text}</text>`;
}

function line(
  { name, points }: Series,
  at: number,
  { left, top }: { left(x: number): number; top(y: number): number },
): string {
  const [colour, dash] = styles[at % styles.length] as (typeof styles)[number];
  const places = points.map(([x, y]) => [left(x), top(y)] as const);
  const y = frame.top + 12 + at * 22;
  const x = frame.right + 16;
  return [
    `<g stroke="${colour}" fill="${colour}">`,
    `<polyline fill="none" stroke-width="2.2" stroke-dasharray="${dash}" points="${places.map((place) => place.join(",")).join(" ")}"/>`,
    ...places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3"/>`),
    `<line x1="${x}" x2="${x + 26}" y1="${y - 4}" y2="${y - 4}" stroke-width="2.2" stroke-dasharray="${dash}"/></g>`,
    `<text class="ink" x="${x + 32}" y="${y}">${name}</text>`,
  ].join("");
}

function scaleOf({ scale }: Axis, values: readonly number[]): Scale {
  const most = Math.max(...values);
  if (scale === "linear") {
    const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1_000].find((each) => most <= each * 5) ?? most;
    const end = Math.max(step, Math.ceil(most / step) * step);
    const marks = Array.from({ length: end / step + 1 }, (_, at) => at * step);
    return { place: (value) => value / end, marks };
  }
  const first = Math.floor(Math.log10(Math.max(1, Math.min(...values))));
  const last = Math.ceil(Math.log10(most));
  const marks = Array.from({ length: last - first + 1 }, (_, at) => 10 ** (first + at));
  const span = Math.max(1, last - first);
  return { place: (value) => (Math.log10(Math.max(value, 10 ** first)) - first) / span, marks };
}

const label = (value: number): string => value.toLocaleString("en");
const round = (value: number): number => Math.round(value * 10) / 10;
