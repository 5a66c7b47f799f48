import { type Effort, EFFORTS } from "@trunkline/contract";

/**
 * The effort to ask for: the same, else the next lower that the model has, else the next higher.
 * @param known efforts of the model; undefined: unknown, so the same
 */
export function nearestEffort(
  wanted: Effort | undefined,
  known: readonly Effort[] | undefined,
): Effort | undefined {
  if (wanted === undefined || known === undefined) return wanted;
  const at = EFFORTS.indexOf(wanted);
  const byNearness = [...EFFORTS.slice(0, at + 1).toReversed(), ...EFFORTS.slice(at + 1)];
  return byNearness.find((effort) => known.includes(effort));
}
