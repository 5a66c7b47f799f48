import type { Locator, Page } from "@playwright/test";
import { expect } from "../fixtures.ts";

/** More presses than this, and nobody calls it reachable. */
const MAX_PRESSES = 60;

/**
 * Presses Tab until `target` has the focus, like somebody who has no pointer. On the way, what is focused must be seen.
 *
 * @throws Error that says what was passed
 */
export async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await target.waitFor({ state: "attached" });
  const seen: string[] = [];
  for (let presses = 0; presses <= MAX_PRESSES; presses++) {
    const { name, isTarget, isHidden } = await focused(page, target);
    // What appears with the focus does so in a moment.
    if (isHidden) {
      await expect
        .poll(async () => (await focused(page, target)).isHidden, `${name} has the focus and is not seen`)
        .toBe(false);
    }
    if (isTarget) return expect(target).toBeInViewport();
    seen.push(name);
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never came to ${String(target)}; it passed ${seen.join(" · ")}`);
}

interface Focused {
  name: string;
  isTarget: boolean;
  /** Somebody who looks would not find it. */
  isHidden: boolean;
}

async function focused(page: Page, target: Locator): Promise<Focused> {
  // It may have been replaced since the last look.
  const wanted = await target.elementHandle();
  return page.evaluate((sought) => {
    const element = document.activeElement;
    // Past the last element, a browser's own controls have it.
    if (element === null || element === document.body)
      return { name: "the page", isTarget: false, isHidden: false };
    const { width, height } = element.getBoundingClientRect();
    const isShown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const label = element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 40);
    return {
      name: `${element.localName} "${label}"`,
      isTarget: element === sought,
      isHidden: !isShown || width < 2 || height < 2,
    };
  }, wanted);
}

/** After an action, something has the focus: whoever sees nothing starts from there. */
export async function expectFocusKept(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() => document.activeElement !== null && document.activeElement !== document.body),
    )
    .toBe(true);
}
