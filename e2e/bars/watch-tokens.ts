import type { Page } from "@playwright/test";
import { monotonicMicros } from "@trunkline/testkit";

declare global {
  /** In the page: age of each token in ms when first visible, by index. */
  function seenTokens(): Map<number, number>;
  /** In the page: the text of the last paragraph. */
  function lastText(): string;
}

/**
 * Records after each frame which tokens are new on the page and how old they are, and how long keys and all interactions take
 * to be painted.
 */
export async function watchTokens(page: Page): Promise<void> {
  const since = monotonicMicros();
  const offsetUs = since - (performance.timeOrigin + performance.now()) * 1_000;
  await page.evaluate(
    ([offset, from]) => {
      const seen = new Map<number, number>();
      const keyTimes: number[] = [];
      const interactions = new Map<number, number>();
      const text = (): string => [...document.querySelectorAll("[role=log] p")].at(-1)?.textContent ?? "";
      Object.assign(globalThis, { seenTokens: () => seen, lastText: text, keyTimes, interactions });
      const look = (): void => {
        const nowUs = (performance.timeOrigin + performance.now()) * 1_000 + offset;
        for (const [, index, at] of text()
          .slice(-2_000)
          .matchAll(/(?<!\d)(\d+)@(\d+)(?!\d)/g)) {
          // An answer from before has the same indexes.
          if (Number(at) >= from && !seen.has(Number(index)))
            seen.set(Number(index), (nowUs - Number(at)) / 1_000);
        }
      };
      // A task of its own after each frame: by then it has been painted. A callback of the next frame would count that one, too.
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener("message", look);
      port1.start();
      const frame = (): void => {
        port2.postMessage(null);
        requestAnimationFrame(frame);
      };
      frame();
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
          const { name, duration, interactionId } = entry;
          if (name === "keydown") keyTimes.push(duration);
          if (interactionId > 0)
            interactions.set(interactionId, Math.max(duration, interactions.get(interactionId) ?? 0));
        }
      }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
    },
    [offsetUs, since] as const,
  );
}
