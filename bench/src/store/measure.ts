/** Latencies of one measurement, in ms. */
class Latencies {
  readonly #values: number[] = [];

  add(ms: number): void {
    this.#values.push(ms);
  }

  /** @param share 0.5 for the median. */
  quantile(share: number): number {
    const sorted = this.#values.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  }
}

export interface Measurement {
  what: string;
  /** Events stored or read per second. */
  perSecond: number;
  p50Ms?: number;
  p99Ms?: number;
  /** Of all threads of this process. */
  cpuMsPer1000?: number;
}

/** Runs `work`, which records its latencies and returns how many events it handled. */
export async function measure(
  what: string,
  work: (latencies: Latencies) => Promise<number>,
): Promise<Measurement> {
  const latencies = new Latencies();
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const events = await work(latencies);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    what,
    perSecond: events / seconds,
    p50Ms: latencies.quantile(0.5),
    p99Ms: latencies.quantile(0.99),
    cpuMsPer1000: (user + system) / events,
  };
}

export function printTable(title: string, rows: readonly Measurement[]): void {
  console.log(`\n${title}`);
  console.log(
    `| ${"what".padEnd(58)} | ${"events/s".padStart(9)} | p50 ms | p99 ms | CPU ms per 1,000 |\n|---|---|---|---|---|`,
  );
  for (const row of rows) {
    const cells = [
      row.what.padEnd(58),
      Math.round(row.perSecond).toLocaleString("en").padStart(9),
      number(row.p50Ms).padStart(6),
      number(row.p99Ms).padStart(6),
      number(row.cpuMsPer1000),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

function number(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "–" : value.toFixed(value < 10 ? 2 : 1);
}
