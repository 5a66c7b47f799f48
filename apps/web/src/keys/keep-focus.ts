import { isFocusLost } from "./focus-moves.ts";

/** What was removed may hand the focus on by itself: this long, in ms. */
const HAND_OVER_MS = 100;

/** Parts of a page that have a name, so that a screen reader says where the focus is. */
const PLACES = "[data-pane], [role=dialog], [role=alertdialog], section, nav, aside, main, form";

/** Elements that had the focus before, for what a dialog was opened from. */
const MAX_TRAIL = 10;

/**
 * When the focused element is removed, such as the row of a file that was reverted, the focus moves to the nearest part
 * of the page around it that is still there; where none is, as of a dialog, to what had the focus before. It never falls
 * to the body: Tab, Esc and screen readers go on from there.
 *
 * @returns a function that stops it
 */
export function keepFocus(): () => void {
  let around: readonly HTMLElement[] = [];
  let trail: readonly HTMLElement[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const page = new AbortController();
  document.addEventListener(
    "focusin",
    ({ target }) => {
      if (!(target instanceof HTMLElement)) return;
      around = placesAround(target);
      trail = [target, ...trail.filter((other) => other !== target)].slice(0, MAX_TRAIL);
    },
    { capture: true, passive: true, signal: page.signal },
  );
  const observer = new MutationObserver(() => {
    if (timer !== undefined || trail.length === 0 || !isFocusLost()) return;
    timer = setTimeout(() => {
      timer = undefined;
      if (isFocusLost()) give([...around, ...trail].find(isThere) ?? null);
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

const isThere = (element: HTMLElement): boolean =>
  element.isConnected && element.checkVisibility({ visibilityProperty: true });

function give(place: HTMLElement | null): void {
  const next = place ?? document.querySelector<HTMLElement>("main");
  if (next === null) return;
  next.focus({ preventScroll: true });
  if (document.activeElement === next) return;
  // No control: it takes the focus from us alone.
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
}
