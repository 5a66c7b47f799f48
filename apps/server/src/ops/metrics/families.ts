import type { Counter, Histogram } from "./measures.ts";

export type Labels = Readonly<Record<string, string>>;

/** A metric as it is answered. Names as Prometheus has them, counters without their `_total`. */
export type Family = { name: string; help: string } & (
  | { kind: "counter" | "gauge"; points: readonly { labels: Labels; value: number }[] }
  | { kind: "histogram"; histogram: Histogram }
);

export const counterFamily = (name: string, help: string, counter: Counter): Family => ({
  name,
  help,
  kind: "counter",
  points: [...counter.points()],
});

export const histogramFamily = (name: string, help: string, histogram: Histogram): Family => ({
  name,
  help,
  kind: "histogram",
  histogram,
});

/** A number without labels; null: it is unknown, and left out. */
export const gaugeFamily = (name: string, help: string, value: number | null): Family => ({
  name,
  help,
  kind: "gauge",
  points: value === null ? [] : [{ labels: {}, value }],
});

/** @param points label value to number */
export const labelledGauge = (
  name: string,
  help: string,
  label: string,
  points: Iterable<readonly [string, number]>,
): Family => ({
  name,
  help,
  kind: "gauge",
  points: Array.from(points, ([text, value]) => ({ labels: { [label]: text }, value })),
});
