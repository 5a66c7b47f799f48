import type { Page } from "@playwright/test";
import { monotonicMicros } from "@trunkline/testkit";

declare global {
  /** In the page: age of each token in ms when first visible, by index. */
  function seenTokens(): Map<number, number>;
  /** In the page: the text of the last paragraph. */
  function lastText(): string;
}

/**
 * Records at each frame which tokens are new on the page and how old they are, and how long keys take to be painted.
 */
export async function watchTokens(page: Page): Promise<void> {
  const offsetUs = monotonicMicros() - (performance.timeOrigin + performance.now()) * 1_000;
  await page.evaluate((offset) => {
    const seen = new Map<number, number>();
    const keyTimes: number[] = [];
    const text = (): string => [...document.querySelectorAll("[role=log] p")].at(-1)?.textContent ?? "";
    Object.assign(globalThis, { seenTokens: () => seen, lastText: text, keyTimes });
    const look = (): void => {
      const nowUs = (performance.timeOrigin + performance.now()) * 1_000 + offset;
      for (const [, index, at] of text()
        .slice(-2_000)
        .matchAll(/(?<!\d)(\d+)@(\d+)(?!\d)/g)) {
        if (!seen.has(Number(index))) seen.set(Number(index), (nowUs - Number(at)) / 1_000);
      }
      requestAnimationFrame(look);
    };
    look();
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.name === "keydown") keyTimes.push(entry.duration);
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  }, offsetUs);
}
