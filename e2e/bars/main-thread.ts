import type { Browser, Page } from "@playwright/test";

export interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  ph: string;
  args: { name?: string };
  /** Start, elapsed time and CPU time of the thread, in µs. */
  ts: number;
  dur?: number;
  tdur?: number;
}

/** What the main threads of the browser's pages did while something happened, in order. */
export async function traceMainThread(
  browser: Browser,
  page: Page,
  act: () => Promise<void>,
): Promise<TraceEvent[]> {
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "__metadata"] });
  await act();
  const trace = await browser.stopTracing();
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const mains = new Set(
    traceEvents.flatMap(({ name, args, pid, tid }) =>
      name === "thread_name" && args.name === "CrRendererMain" ? [`${pid}/${tid}`] : [],
    ),
  );
  return traceEvents
    .filter(({ ph, pid, tid }) => ph === "X" && mains.has(`${pid}/${tid}`))
    .toSorted((a, b) => a.ts - b.ts);
}
