import type { Page } from "@playwright/test";

/** Waits until what appears or slides in has arrived: before, colours are mixed and places are not final. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const moves = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(moves.map(({ finished }) => finished));
  });
}
