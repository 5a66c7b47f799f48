/** How often time is counted, in ms. */
const STEP_MS = 250;

/**
 * Calls back once something could be seen for `ms`. Neither a hidden page counts nor one that is too busy to paint, whose
 * timers are late.
 *
 * @param isSeen whether anybody could look at it now
 * @returns a function that stops it
 */
export function afterSeenFor(ms: number, isSeen: () => boolean, end: () => void): () => void {
  let left = ms;
  const timer = setInterval(() => {
    if (!isSeen()) return;
    left -= STEP_MS;
    if (left > 0) return;
    clearInterval(timer);
    end();
  }, STEP_MS);
  return () => clearInterval(timer);
}
