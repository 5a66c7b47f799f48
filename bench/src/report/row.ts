/** A limit from the project's performance budgets; ratios are ours over the yardstick's. */
export type Budget =
  | { atMost: number }
  | { atLeast: number }
  | { ratioAtMost: number }
  | { ratioAtLeast: number };

/** One figure of ours with what it is held against. */
export interface Row {
  group: string;
  measure: string;
  unit: string;
  ours: number;
  /** What the same run of the same machine gave for something that does less. */
  yardstick?: { what: string; value: number };
  budget?: Budget;
}

export function ratioOf({ ours, yardstick }: Row): number | undefined {
  return yardstick === undefined || yardstick.value === 0 ? undefined : ours / yardstick.value;
}

/** @returns undefined where there is no budget, or nothing to hold it against. */
export function isMet(row: Row): boolean | undefined {
  const { budget, ours } = row;
  if (budget === undefined) return undefined;
  if ("atMost" in budget) return ours <= budget.atMost;
  if ("atLeast" in budget) return ours >= budget.atLeast;
  const ratio = ratioOf(row);
  if (ratio === undefined) return undefined;
  return "ratioAtMost" in budget ? ratio <= budget.ratioAtMost : ratio >= budget.ratioAtLeast;
}
