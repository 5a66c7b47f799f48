import type { Locator, Page } from "@playwright/test";
import { expect } from "../fixtures.ts";

/** More presses than this, and nobody calls it reachable. */
const MAX_PRESSES = 60;

/**
 * Presses Tab until `target` has the focus, like somebody who has no pointer. On the way, what is focused must be seen.
 *
 * @returns how many presses it took
 */
export async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<number> {
  const seen: string[] = [];
  await target.first().waitFor({ state: "attached" });
  for (let presses = 0; presses <= MAX_PRESSES; presses++) {
    if (await hasFocus(target)) {
      await expect(target).toBeInViewport();
      return presses;
    }
    await page.keyboard.press(key);
    const { name } = await focused(page);
    seen.push(name);
    // What appears with the focus does so in a moment.
    await expect
      .poll(async () => (await focused(page)).isHidden, `${name} has the focus and is not seen`)
      .toBe(false);
  }
  throw new Error(`${key} never came to ${String(target)}; it passed ${seen.join(" · ")}`);
}

const hasFocus = (target: Locator): Promise<boolean> =>
  target.evaluateAll((elements) => elements.some((element) => element === document.activeElement));

/** What has the focus, and whether somebody who looks would not find it. */
function focused(page: Page): Promise<{ name: string; isHidden: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement;
    // Past the last element, a browser's own controls have it.
    if (element === null || element === document.body) return { name: "the page", isHidden: false };
    const { width, height } = element.getBoundingClientRect();
    const isShown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    return {
      name: `${element.localName} "${element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 40)}"`,
      isHidden: !isShown || width < 2 || height < 2,
    };
  });
}

/** After an action, something has the focus: whoever sees nothing starts from there. */
export async function expectFocusKept(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() => document.activeElement !== null && document.activeElement !== document.body),
    )
    .toBe(true);
}
