import type { Page } from "@playwright/test";

/** Waits until what appears or slides in has arrived: before, colours are mixed and places are not final. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (;;) {
      // What has just been changed, such as the theme, is seen by the next frame, and what it moves has begun by the one after.
      await frame();
      await frame();
      const moves = document
        .getAnimations()
        .filter(
          ({ effect, playState }) =>
            playState === "running" && effect?.getComputedTiming().endTime !== Infinity,
        );
      if (moves.length === 0) return;
      await Promise.allSettled(moves.map(({ finished }) => finished));
    }
  });
}
