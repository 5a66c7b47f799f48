import type { Browser, Page } from "@playwright/test";
import { traceMainThread } from "./main-thread.ts";

/** What DevTools counts as scripting, but for garbage collection. */
const SCRIPT = new Set([
  "BlinkScheduler_PerformMicrotaskCheckpoint",
  "EvaluateScript",
  "EventDispatch",
  "FireAnimationFrame",
  "FunctionCall",
  "RunMicrotasks",
  "TimerFire",
]);

/** CPU time of scripts for each frame that the page painted while something happened, in ms. */
export async function scriptPerFrame(
  browser: Browser,
  page: Page,
  act: () => Promise<void>,
): Promise<number[]> {
  const frames = new Map<string, { us: number; until: number; all: number[] }>();
  for (const { name, pid, tid, ts, dur = 0, tdur = 0 } of await traceMainThread(browser, page, act)) {
    const thread = `${pid}/${tid}`;
    const frame = frames.get(thread) ?? { us: 0, until: 0, all: [] };
    frames.set(thread, frame);
    if (name === "Layerize") {
      frame.all.push(frame.us / 1_000);
      frame.us = 0;
    } else if (SCRIPT.has(name) && ts >= frame.until) {
      // Those inside of it are part of it.
      frame.us += tdur;
      frame.until = ts + dur;
    }
  }
  // The browser has other pages, which paint nothing.
  const longest = [...frames.values()].toSorted((a, b) => b.all.length - a.all.length)[0];
  if (longest === undefined || longest.all.length === 0)
    throw new Error("the trace has no frames of the page");
  return longest.all;
}
