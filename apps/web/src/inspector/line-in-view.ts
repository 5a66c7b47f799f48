/**
 * The first line that belongs to what is visible of the transcript.
 *
 * @param seqs where the lines begin
 * @returns its index; where none begins in what is visible, the one before it; -1: there is none
 */
export function lineInView(seqs: readonly number[], first: number | null, last: number): number {
  if (first === null) return -1;
  const begun = seqs.findIndex((seq) => seq >= first && seq <= last);
  return begun === -1 ? seqs.findLastIndex((seq) => seq < first) : begun;
}
