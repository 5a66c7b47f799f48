import type { Browser, Page } from "@playwright/test";

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  ph: string;
  args: { name?: string };
  /** Elapsed time and CPU time of the thread, in µs. */
  dur?: number;
  tdur?: number;
}

/**
 * The longest task of the page's main thread while something happens. On a busy machine only the CPU time says
 * something of the page: while others run, the elapsed time goes on.
 */
export async function longestTask(
  browser: Browser,
  page: Page,
  act: () => Promise<void>,
): Promise<{ ms: number; cpuMs: number }> {
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "__metadata"] });
  await act();
  const trace = await browser.stopTracing();
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const mains = new Set(
    traceEvents.flatMap(({ name, args, pid, tid }) =>
      name === "thread_name" && args.name === "CrRendererMain" ? [`${pid}/${tid}`] : [],
    ),
  );
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) => ph === "X" && name.endsWith("RunTask") && mains.has(`${pid}/${tid}`),
  );
  if (tasks.length === 0) throw new Error("the trace has no tasks of the page");
  return {
    ms: Math.max(...tasks.map(({ dur = 0 }) => dur)) / 1_000,
    cpuMs: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000,
  };
}
