/**
 * Longest block of the event loop while `work` ran, in ms of this thread's CPU time: how long everybody else waits,
 * independent of the machine's load.
 */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  const now = (): number => process.threadCpuUsage().user / 1_000;
  let longest = 0;
  let last = now();
  let isOver = false;
  const tick = (): void => {
    longest = Math.max(longest, now() - last);
    last = now();
    if (!isOver) setImmediate(tick);
  };
  setImmediate(tick);
  await work();
  tick();
  isOver = true;
  return longest;
}
