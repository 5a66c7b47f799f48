/** A figure and its bar. */
export interface Bar {
  name: string;
  value: number;
  unit: string;
  atMost?: number;
  atLeast?: number;
}

const isMet = ({ value, atMost = Infinity, atLeast = -Infinity }: Bar): boolean =>
  value <= atMost && value >= atLeast;

/** @returns the bars as a Markdown table. */
export function formatBars(bars: readonly Bar[]): string {
  const lines = bars.map((bar) => {
    const limit =
      bar.atMost !== undefined ? `≤ ${bar.atMost}` : bar.atLeast === undefined ? "" : `≥ ${bar.atLeast}`;
    return `| ${bar.name} | ${Math.round(bar.value * 1_000) / 1_000} ${bar.unit} | ${limit} | ${isMet(bar) ? "" : "MISSED"} |`;
  });
  return ["| what | figure | bar | |", "|---|---|---|---|", ...lines].join("\n");
}

/** @param share 0.5: median, 0.95: 95th percentile. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
