import { SHORT_OUTPUT_LENGTH, TRIMMED_LEAST, UNTRIMMED_SHARE } from "../limits.ts";
import type { KeptTurns } from "./kept-turns.ts";
import type { Step, Turn } from "./turn.ts";

/**
 * Shortens old outputs. What the log says decides, so that every attempt sends the same prompt; and much is shortened at
 * once, seldom, so that the provider's cache holds in between.
 *
 * @returns what that freed, in UTF-16 units
 */
export function trimOldResults(turns: KeptTurns): number {
  const old: { turn: Turn; step: Step; gain: number }[] = [];
  let kept = 0;
  for (const turn of turns.inOrder.toReversed()) {
    for (const step of turn.steps.toReversed()) {
      if (kept > turns.length * UNTRIMMED_SHARE) old.push({ turn, step, gain: gainOf(step) });
      kept += step.length;
    }
  }
  const gain = old.reduce((sum, one) => sum + one.gain, 0);
  if (gain < turns.length * TRIMMED_LEAST) return 0;
  for (const { turn, step } of old) {
    turns.change(turn, () => turn.shortenResults(step, SHORT_OUTPUT_LENGTH));
  }
  return gain;
}

/** What shortening a step's outputs frees, in UTF-16 units. */
function gainOf(step: Step): number {
  const lengths = [...step.results.values()].map(({ output }) => output.length - SHORT_OUTPUT_LENGTH);
  // One that was shortened is a little longer than that, by its note.
  return lengths.reduce((sum, length) => sum + (length > 200 ? length : 0), 0);
}
