import { setTimeout as wait } from "node:timers/promises";
import { type HttpCalls, tookMs } from "../processes/http-calls.ts";

const INTERVAL_MS = 10;

/**
 * Asks for `/health` again and again: its answer does nothing but wait for the event loop, so how long it takes shows
 * from outside how long that is held up. `stop` gives the times, in milliseconds.
 */
export function pollHealth(calls: HttpCalls): { stop(): Promise<number[]> } {
  const waitsMs: number[] = [];
  let stopped = false;
  const poll = async (): Promise<void> => {
    while (!stopped) {
      waitsMs.push(tookMs(await calls.get("/health")));
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
      return waitsMs;
    },
  };
}
