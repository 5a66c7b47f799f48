/**
 * Whether a list sticks to its end. This is a state, not a distance in pixels: it holds while rows are added and grow
 * and the frame is resized; only the user's scrolling ends it.
 */
export class Following {
  #isOn = true;
  #upAt = Number.NEGATIVE_INFINITY;
  #isHeld = false;
  /** A hand asked for the way up, and the list has not moved yet: on a busy page that takes a while. */
  #isLeaving = false;
  readonly #onChange: (isOn: boolean) => void;

  constructor(onChange: (isOn: boolean) => void) {
    this.#onChange = onChange;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  set(isOn: boolean): void {
    if (this.#isOn === isOn) return;
    this.#isOn = isOn;
    this.#onChange(isOn);
  }

  /** The user asked for the end. What is left of an earlier way up, which the browser draws out, counts no more. */
  follow(): void {
    this.#upAt = Number.NEGATIVE_INFINITY;
    this.#isLeaving = false;
    this.set(true);
  }

  /** A wheel, key or finger moving up. */
  up(at: number, canScroll: boolean): void {
    this.#upAt = at;
    if (!canScroll) return;
    this.#isLeaving = true;
    this.set(false);
  }

  /** A wheel, key or finger moving down. */
  down(): void {
    this.#isLeaving = false;
  }

  /** A pointer is down on the list, e.g. on its scrollbar. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#isLeaving = false;
  }

  /**
   * The list was scrolled.
   *
   * @param moved distance in px; negative: up
   * @param toEnd distance to the end, in px
   */
  scrolled(at: number, moved: number, toEnd: number): void {
    const isByHand = this.#isHeld || this.#isLeaving || at - this.#upAt < BY_HAND_MS;
    if (moved < 0 && isByHand && toEnd > AT_END_PX) {
      this.#isLeaving = false;
      // After a flick the list keeps moving.
      this.#upAt = at;
      this.set(false);
    } else if (moved >= 0 && toEnd <= AT_END_PX && !this.#isLeaving) this.set(true);
  }
}

/** A scroll this soon after a key or touch counts as the user's, in ms. */
const BY_HAND_MS = 400;
/** Tolerance for rounding, in px. */
export const AT_END_PX = 2;

/** How far up a key moves, in px; null: it moves down, or nowhere. */
function distanceUp(
  { key, shiftKey }: KeyboardEvent,
  { clientHeight, scrollTop }: HTMLElement,
): number | null {
  if (key === "ArrowUp") return LINE_PX;
  if (key === "PageUp" || (key === " " && shiftKey)) return clientHeight * PAGE_SHARE;
  return key === "Home" ? scrollTop : null;
}

/** As browsers do it. */
const LINE_PX = 40;
const PAGE_SHARE = 0.875;

/**
 * Listens for user input on an element. A key that leaves the end is obeyed at once, not by the browser's smooth scrolling:
 * the next row that grows would cancel that, and the key would be lost.
 *
 * @param scrollUp scrolls by this many px
 * @returns a function that stops it.
 */
export function watchHands(
  element: HTMLElement,
  following: Following,
  scrollUp: (px: number) => void,
): () => void {
  const page = new AbortController();
  const options = { passive: true, signal: page.signal };
  const up = (at: number): void => following.up(at, element.scrollTop > 0);
  let touchedAt = 0;
  let offset = element.scrollTop;
  element.addEventListener(
    "wheel",
    ({ deltaY, timeStamp }) => {
      if (deltaY < 0) up(timeStamp);
      else if (deltaY > 0) following.down();
    },
    options,
  );
  const touch = (event: Event): void => {
    // Synthetic events may lack touches.
    const y = "touches" in event ? ((event as TouchEvent).touches[0]?.clientY ?? 0) : 0;
    if (event.type === "touchmove" && y > touchedAt) up(event.timeStamp);
    else if (event.type === "touchmove" && y < touchedAt) following.down();
    touchedAt = y;
  };
  element.addEventListener("touchstart", touch, options);
  element.addEventListener("touchmove", touch, options);
  element.addEventListener(
    "keydown",
    (event) => {
      const distance = distanceUp(event, element);
      if (distance !== null) {
        const isLeaving = following.isOn && event.target === element && !event.defaultPrevented;
        up(event.timeStamp);
        if (!isLeaving || following.isOn) return;
        event.preventDefault();
        scrollUp(distance);
      } else if (["ArrowDown", "PageDown", "End", " "].includes(event.key)) following.down();
    },
    { signal: page.signal },
  );
  element.addEventListener("pointerdown", () => following.hold(true), options);
  for (const type of ["pointerup", "pointercancel"]) {
    window.addEventListener(type, () => following.hold(false), options);
  }
  element.addEventListener(
    "scroll",
    ({ timeStamp }) => {
      const moved = element.scrollTop - offset;
      offset = element.scrollTop;
      following.scrolled(timeStamp, moved, element.scrollHeight - element.clientHeight - offset);
    },
    options,
  );
  return () => page.abort();
}
