/**
 * When the focus last moved without somebody moving it: an element that had it vanished, or the page put it elsewhere.
 * Whoever was typing then goes on typing, and the next keys land where they were never meant to.
 */
let movedAt = Number.NEGATIVE_INFINITY;
let vanishedAt = Number.NEGATIVE_INFINITY;
let movedByHandAt = Number.NEGATIVE_INFINITY;
let lastFocused: Element | null = null;

/** A click, a tap or Tab moves the focus within this time, in ms. */
const BY_HAND_MS = 150;

/** @returns ms since the page moved the focus, or took it away; infinite where it never did. */
export function focusMovedMsAgo(): number {
  noteVanished();
  return performance.now() - Math.max(movedAt, vanishedAt);
}

/** @returns ms since an element that had the focus was taken out of the page, and no other one got it. */
export function focusVanishedMsAgo(): number {
  noteVanished();
  return performance.now() - vanishedAt;
}

/** @returns what ends it. */
export function watchFocusMoves(): () => void {
  const page = new AbortController();
  const options = { capture: true, passive: true, signal: page.signal };
  const byHand = (): void => {
    movedByHandAt = performance.now();
  };
  document.addEventListener("pointerdown", byHand, options);
  document.addEventListener("pointerup", byHand, options);
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
      // The first focus of a page interrupts nobody, and a window that comes back to the front moves nothing.
      const isNew = lastFocused !== null && lastFocused !== event.target;
      if (performance.now() - movedByHandAt <= BY_HAND_MS) {
        // Where it is now, somebody put it.
        movedAt = Number.NEGATIVE_INFINITY;
        vanishedAt = Number.NEGATIVE_INFINITY;
      } else if (isNew) movedAt = performance.now();
      lastFocused = event.target instanceof Element ? event.target : null;
    },
    options,
  );
  return () => page.abort();
}

/** An element that is taken out of the page loses the focus without an event; the next key is the first to tell. */
function noteVanished(): void {
  if (lastFocused === null || lastFocused.isConnected) return;
  lastFocused = null;
  vanishedAt = performance.now();
}
