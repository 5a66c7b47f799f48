import type { TranscriptBuilder } from "./transcript/transcript.ts";
import type { Step, Turn } from "./transcript/turn.ts";

/**
 * A part of the conversation that is summarised as a whole or not at all: a step with its results, or an ended turn.
 */
export interface Unit {
  turn: Turn;
  steps: readonly Step[];
  /** Seq of its last event. */
  endSeq: number;
  /** Length of all its texts in UTF-16 units. */
  length: number;
}

/** The oldest units, so many that the rest fits into the length; ordered by their ends. */
export function unitsToSumUp(transcript: TranscriptBuilder, keptLength: number): Unit[] {
  const units = transcript.turns.flatMap(unitsOf);
  let kept = 0;
  const firstKept = units.findLastIndex((unit) => (kept += unit.length) > keptLength) + 1;
  // A task that was overtaken by others has steps that are older than theirs: order by position in the log.
  const upToSeq = Math.max(0, ...units.slice(0, firstKept).map(({ endSeq }) => endSeq));
  return units.filter(({ endSeq }) => endSeq <= upToSeq).toSorted((a, b) => a.endSeq - b.endSeq);
}

function unitsOf(turn: Turn): Unit[] {
  const { steps, ending, length } = turn;
  if (ending !== null) return [{ turn, steps, endSeq: ending.seq, length }];
  return steps.map((step) => ({ turn, steps: [step], endSeq: step.endSeq, length: step.length }));
}
