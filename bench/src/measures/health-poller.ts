import { setTimeout as wait } from "node:timers/promises";
import type { HttpCalls } from "../processes/http-calls.ts";

const INTERVAL_MS = 10;

/**
 * Asks for `/health` again and again: its answer does nothing but wait for the event loop, so how long it takes shows
 * from outside how long that is held up. `stop` gives the times, in milliseconds.
 */
export function pollHealth(calls: HttpCalls): { stop(): Promise<number[]> } {
  const tookMs: number[] = [];
  let stopped = false;
  const poll = async (): Promise<void> => {
    while (!stopped) {
      const { startedAtUs, answeredAtUs } = await calls.get("/health");
      tookMs.push((answeredAtUs - startedAtUs) / 1_000);
      await wait(INTERVAL_MS);
    }
  };
  const polling = poll();
  // Whoever stops it hears of a failure; until then it is nobody's.
  polling.catch(() => undefined);
  return {
    async stop() {
      stopped = true;
      await polling;
      return tookMs;
    },
  };
}
