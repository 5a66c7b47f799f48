import type { Browser, Page } from "@playwright/test";
import { traceMainThread } from "./main-thread.ts";

/**
 * The longest task of the page's main thread while something happens. On a busy machine only the CPU time says
 * something of the page: while others run, the elapsed time goes on.
 */
export async function longestTask(
  browser: Browser,
  page: Page,
  act: () => Promise<void>,
): Promise<{ ms: number; cpuMs: number }> {
  const events = await traceMainThread(browser, page, act);
  const tasks = events.filter(({ name }) => name.endsWith("RunTask"));
  if (tasks.length === 0) throw new Error("the trace has no tasks of the page");
  return {
    ms: Math.max(...tasks.map(({ dur = 0 }) => dur)) / 1_000,
    cpuMs: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000,
  };
}
