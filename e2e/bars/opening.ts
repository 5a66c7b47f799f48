import type { Browser, Page } from "@playwright/test";
import type { ServerFixture } from "@trunkline/testkit";
import { type Bar, quantile } from "./bar.ts";
import { driftOfRows } from "./drift.ts";
import { signedInPage } from "./signed-in-page.ts";

const ROUNDS = 5;
const SCROLL_MS = 4_000;

/** A session of 10,000 events: how soon it is usable, how it scrolls, and whether rows stay in place while older ones come. */
export async function measureOpening(
  browser: Browser,
  server: ServerFixture,
  sessionId: string,
): Promise<Bar[]> {
  const page = await signedInPage(browser, server.url, server.token);
  const opened: number[] = [];
  // The first round fills the browser's cache, as for every later visit.
  for (let round = 0; round <= ROUNDS; round++) {
    await page.goto("about:blank");
    await page.goto(`${server.url}/s/${sessionId}`, { waitUntil: "commit" });
    const ms = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const look = (): void => {
            const there =
              document.querySelector("[role=log] h3") !== null && document.querySelector("textarea") !== null;
            if (there) setTimeout(() => resolve(performance.now()), 0);
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
    if (round > 0) opened.push(ms);
  }
  const devtools = await page.context().newCDPSession(page);
  const fast = await scroll(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const slow = await scroll(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  const drift = await driftOfRows(page);
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  await page.context().close();
  return [
    { name: "open 10,000 events, median", value: quantile(opened, 0.5), unit: "ms", atMost: 400 },
    { name: "scroll 10,000 events", value: fast.fps, unit: "fps", atLeast: 58 },
    { name: "the same at 4× CPU", value: slow.fps, unit: "fps", atLeast: 45 },
    { name: "DOM nodes in the list", value: Math.max(fast.nodes, slow.nodes), unit: "", atMost: 400 },
    { name: "drift of a row while older ones come", value: drift, unit: "px", atMost: 0 },
    { name: "heap after it", value: usedSize / 1_000_000, unit: "MB", atMost: 120 },
  ];
}

/** Scrolls up steadily, which loads older events. */
async function scroll(page: Page): Promise<{ fps: number; nodes: number }> {
  return page.evaluate(
    (durationMs) =>
      new Promise((resolve) => {
        const log = document.querySelector("[role=log]");
        if (log === null) throw new Error("there is no transcript");
        const start = performance.now();
        let frames = 0;
        let nodes = 0;
        const step = (now: number): void => {
          frames += 1;
          log.scrollTop -= 40;
          if (frames % 20 === 0) nodes = Math.max(nodes, log.querySelectorAll("*").length);
          if (now - start < durationMs) requestAnimationFrame(step);
          else resolve({ fps: (frames * 1_000) / (now - start), nodes });
        };
        requestAnimationFrame(step);
      }),
    SCROLL_MS,
  );
}
