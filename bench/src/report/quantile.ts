/** Nearest-rank quantile. @throws Error for an empty list. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).toSorted();
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("a quantile of nothing");
  return value;
}

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}
