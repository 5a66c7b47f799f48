import type { Page } from "@playwright/test";
import { settled } from "../settled.ts";

/**
 * Looks for what a small screen takes away below `within`.
 *
 * @returns controls that can't be scrolled into view or are covered, text of controls that is cut off, and a page that
 * scrolls sideways; nothing if all is there
 */
export async function whatIsLost(page: Page, within: string): Promise<string[]> {
  await settled(page);
  return page.evaluate((root) => {
    const found: string[] = [];
    const nameOf = (element: Element): string =>
      `${element.localName} "${element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 60)}"`;
    const isShown = (element: Element): boolean =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      element.closest("[inert], [aria-hidden=true]") === null;

    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) found.push(`page: ${scrollWidth} px wide`);
    const container = document.querySelector(root);
    if (container === null) return [`nothing matches ${root}`];
    const controls = container.querySelectorAll(
      "a[href], button, input, select, textarea, [tabindex='0'], [role=menuitem], [role=option]",
    );
    for (const control of controls) {
      if (!isShown(control)) continue;
      const { width, height } = control.getBoundingClientRect();
      // A visually hidden control, such as a file input, has another one in its place.
      if (width <= 1 || height <= 1) continue;
      control.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
      const { left, right, top, bottom } = control.getBoundingClientRect();
      // What is larger than the screen, such as a transcript, scrolls.
      const isInView =
        left >= -1 &&
        right <= innerWidth + 1 &&
        top < innerHeight &&
        bottom > 0 &&
        right - left <= innerWidth;
      if (!isInView) {
        found.push(`out of view: ${nameOf(control)} at ${Math.round(left)} to ${Math.round(right)}`);
        continue;
      }
      const x = (left + right) / 2;
      const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
      const hit = document.elementFromPoint(x, y);
      const isDisabled = control.matches(":disabled");
      if (!isDisabled && hit !== null && !control.contains(hit) && !hit.contains(control)) {
        if (hit.closest("label")?.contains(control) !== true)
          found.push(`covered: ${nameOf(control)} by ${nameOf(hit)}`);
      }
      // A title or hint holds the whole text; list entries lead to it.
      const isWhole = control.scrollWidth <= control.clientWidth + 1;
      const hasEllipsis = getComputedStyle(control).textOverflow === "ellipsis";
      const hasText =
        control.matches("button, [role=menuitem]") &&
        !hasEllipsis &&
        control.querySelector(".truncate") === null;
      if (hasText && !isWhole) found.push(`cut off: ${nameOf(control)}`);
    }
    // Headings, labels and plain words without an ellipsis.
    for (const element of container.querySelectorAll(
      "h1, h2, h3, label, legend, p, dt, dd, td, th, summary",
    )) {
      if (!isShown(element) || element.closest(".sr-only") !== null) continue;
      const { overflowX, textOverflow } = getComputedStyle(element);
      const isCut =
        element.scrollWidth > element.clientWidth + 1 && overflowX !== "auto" && overflowX !== "scroll";
      if (isCut && element.clientWidth > 1 && textOverflow !== "ellipsis")
        found.push(`cut off: ${nameOf(element)} ${element.scrollWidth} in ${element.clientWidth} px`);
    }
    return found;
  }, within);
}
