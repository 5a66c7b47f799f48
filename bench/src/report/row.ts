/** A limit from the performance budgets; ratios are ours over the yardstick's. */
export type Budget =
  | { atMost: number }
  | { atLeast: number }
  | { ratioAtMost: number }
  | { ratioAtLeast: number };

/** A figure of ours with its yardstick and budget. */
export interface Row {
  group: string;
  measure: string;
  unit: string;
  ours: number;
  /** Result of something that does less, in the same run on the same machine. */
  yardstick?: { what: string; value: number };
  budget?: Budget;
}

export function ratioOf({ ours, yardstick }: Row): number | undefined {
  return yardstick === undefined || yardstick.value === 0 ? undefined : ours / yardstick.value;
}

/** @returns undefined if there is no budget, or nothing to compare with. */
export function isMet(row: Row): boolean | undefined {
  const { budget, ours } = row;
  if (budget === undefined) return undefined;
  if ("atMost" in budget) return ours <= budget.atMost;
  if ("atLeast" in budget) return ours >= budget.atLeast;
  const ratio = ratioOf(row);
  if (ratio === undefined) return undefined;
  return "ratioAtMost" in budget ? ratio <= budget.ratioAtMost : ratio >= budget.ratioAtLeast;
}
