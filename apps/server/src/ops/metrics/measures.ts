/** Adds up; one sum per combination of label values, which are for the caller to bound. */
export class Counter {
  readonly #sums = new Map<string, number>();
  readonly #labels: readonly string[];

  constructor(labels: readonly string[] = []) {
    this.#labels = labels;
    if (labels.length === 0) this.#sums.set("", 0);
  }

  /** @param values one for each label, none with a line break */
  add(amount: number, ...values: readonly string[]): void {
    const key = values.join("\n");
    this.#sums.set(key, (this.#sums.get(key) ?? 0) + amount);
  }

  *points(): Generator<{ labels: Record<string, string>; value: number }> {
    for (const [key, value] of this.#sums) {
      const values = key.split("\n");
      yield {
        labels: Object.fromEntries(this.#labels.map((label, index) => [label, values[index] ?? ""])),
        value,
      };
    }
  }
}

/** Counts values by size. */
export class Histogram {
  /** Upper bounds, ascending; the values above the last are counted as well. */
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  record(value: number): void {
    const found = this.bounds.findIndex((bound) => value <= bound);
    const index = found === -1 ? this.bounds.length : found;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sum += value;
    this.count += 1;
  }
}
