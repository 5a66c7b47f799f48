import { setTimeout as wait } from "node:timers/promises";
import { type HttpCalls, tookMs } from "../processes/http-calls.ts";

/** Answering a poll costs the server as much as three tokens, so only so often. */
const INTERVAL_MS = 50;

/**
 * Polls `/health`, which does nothing but wait for the event loop, so its latency shows how long that is blocked.
 * `stop` returns the times in ms.
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
  // A failure is reported by `stop`.
  polling.catch(() => undefined);
  return {
    async stop() {
      stopped = true;
      await polling;
      return waitsMs;
    },
  };
}
