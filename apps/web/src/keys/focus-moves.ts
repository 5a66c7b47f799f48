/**
 * Tracks when the focus last moved without the user moving it: the focused element disappeared, or the page moved the
 * focus. Somebody typing at that moment keeps typing, and the next keys land where they were never meant to.
 */
let movedAt = Number.NEGATIVE_INFINITY;
let vanishedAt = Number.NEGATIVE_INFINITY;
let lastFocused: Element | null = null;

/** Events with which a hand moves the focus. */
const BY_HAND = ["pointerdown", "pointerup", "mousedown", "mouseup"] as const;

/** Whether the page handles one of them right now. */
let isByHand = false;

/** @returns ms since the page moved or removed the focus; infinite if it never did. */
export function focusMovedMsAgo(): number {
  noteVanished();
  return performance.now() - Math.max(movedAt, vanishedAt);
}

/** @returns ms since a focused element was removed and nothing else got the focus. */
export function focusVanishedMsAgo(): number {
  noteVanished();
  return performance.now() - vanishedAt;
}

/** @returns whether the focused element has been removed, and nothing else has the focus since. */
export function isFocusLost(): boolean {
  noteVanished();
  const { activeElement } = document;
  const isNowhere = activeElement === null || activeElement === document.body;
  return isNowhere && lastFocused === null && vanishedAt > Number.NEGATIVE_INFINITY;
}

/** @returns a function that stops it. */
export function watchFocusMoves(): () => void {
  const page = new AbortController();
  const options = { capture: true, passive: true, signal: page.signal };
  const byHand = (): void => {
    isByHand = true;
    // What the event does by default is part of its task, however long that takes on a busy machine.
    setTimeout(() => {
      isByHand = false;
    });
  };
  for (const type of BY_HAND) document.addEventListener(type, byHand, options);
  document.addEventListener(
    "click",
    ({ detail }) => {
      // Enter on a button is a click as well, but moves no focus.
      if (detail > 0) byHand();
    },
    options,
  );
  document.addEventListener(
    "keydown",
    (event) => {
      noteVanished();
      if (event.key === "Tab") byHand();
    },
    options,
  );
  document.addEventListener(
    "focusin",
    (event) => {
      // A page's first focus interrupts nobody, and returning to the window moves nothing.
      const isNew = lastFocused !== null && lastFocused !== event.target;
      if (isByHand) {
        // The user put it where it is now.
        movedAt = Number.NEGATIVE_INFINITY;
        vanishedAt = Number.NEGATIVE_INFINITY;
      } else if (isNew) movedAt = performance.now();
      lastFocused = event.target instanceof Element ? event.target : null;
    },
    options,
  );
  return () => page.abort();
}

/** A removed element loses the focus without an event; the next key press is the first sign. */
function noteVanished(): void {
  if (lastFocused === null || lastFocused.isConnected) return;
  lastFocused = null;
  vanishedAt = performance.now();
}
