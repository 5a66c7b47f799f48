import { isFocusLost } from "./focus-moves.ts";

/** What was removed may hand the focus on by itself: this long, in ms. */
const HAND_OVER_MS = 100;

/** Parts of a page that have a name, so that a screen reader says where the focus is. */
const PLACES = "[data-pane], [role=dialog], [role=alertdialog], section, nav, aside, main, form";

/**
 * When the focused element is removed, such as the row of a file that was reverted, the focus moves to the nearest part
 * of the page around it that is still there, instead of falling to the body: Tab, Esc and screen readers go on from there.
 *
 * @returns a function that stops it
 */
export function keepFocus(): () => void {
  let around: readonly HTMLElement[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const page = new AbortController();
  document.addEventListener(
    "focusin",
    ({ target }) => {
      around = target instanceof Element ? placesAround(target) : [];
    },
    { capture: true, passive: true, signal: page.signal },
  );
  const observer = new MutationObserver(() => {
    if (timer !== undefined || around.length === 0 || !isFocusLost()) return;
    timer = setTimeout(() => {
      timer = undefined;
      if (isFocusLost()) give(around.find(({ isConnected }) => isConnected) ?? null);
    }, HAND_OVER_MS);
  });
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    page.abort();
    observer.disconnect();
    clearTimeout(timer);
  };
}

/** From the inside out. */
function placesAround(element: Element): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let next = element.parentElement; next !== null; next = next.parentElement) {
    if (next.matches(PLACES)) found.push(next);
  }
  return found;
}

function give(place: HTMLElement | null): void {
  const next = place ?? document.querySelector<HTMLElement>("[data-pane], main");
  if (next === null) return;
  if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
  next.focus({ preventScroll: true });
}
