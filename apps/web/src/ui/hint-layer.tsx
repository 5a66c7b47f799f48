import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Keys } from "./keys.tsx";

/** Hover delay, in ms. */
const DELAY_MS = 450;
/** Gap between element, hint and page edge, in px. */
const GAP = 6;

interface Shown {
  target: Element;
  text: string;
  keys: string | null;
}

/**
 * Tooltips for all elements with `data-hint` (and `data-hint-keys`): a single element for the whole page, so a list of
 * a thousand buttons costs nothing. Accessible names are set separately.
 */
export function HintLayer() {
  const [shown, setShown] = useState<Shown | null>(null);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = (): void => {
      clearTimeout(timer);
      setShown(null);
    };
    const showSoon = (event: Event, delayMs: number): void => {
      const target = event.target instanceof Element ? event.target.closest("[data-hint]") : null;
      hide();
      const text = target?.getAttribute("data-hint");
      if (target === null || text === null || text === undefined) return;
      timer = setTimeout(() => {
        if (target.isConnected) setShown({ target, text, keys: target.getAttribute("data-hint-keys") });
      }, delayMs);
    };
    const onPointer = (event: PointerEvent): void => {
      if (event.pointerType === "mouse") showSoon(event, DELAY_MS);
    };
    const onFocus = (event: FocusEvent): void => {
      if (event.target instanceof Element && event.target.matches(":focus-visible")) showSoon(event, 0);
    };
    const page = new AbortController();
    const options = { signal: page.signal, passive: true };
    document.addEventListener("pointerover", onPointer, options);
    document.addEventListener("focusin", onFocus, options);
    for (const type of ["pointerdown", "focusout", "keydown", "wheel"])
      document.addEventListener(type, hide, options);
    document.documentElement.addEventListener("pointerleave", hide, options);
    return () => {
      clearTimeout(timer);
      page.abort();
    };
  }, []);

  useLayoutEffect(() => {
    if (shown !== null && box.current !== null) place(box.current, shown.target);
  }, [shown]);

  if (shown === null) return null;
  return (
    <div
      ref={box}
      aria-hidden
      className="pointer-events-none fixed z-70 flex animate-appear items-center gap-2 rounded-md bg-primary px-2 py-1 text-xs whitespace-nowrap text-on-primary shadow-float"
    >
      {shown.text}
      {shown.keys !== null && <Keys keys={shown.keys} inverted />}
    </div>
  );
}

/** Above the element, or below if there is no room; always within the page. */
function place(box: HTMLElement, target: Element): void {
  const { width, height } = box.getBoundingClientRect();
  const at = target.getBoundingClientRect();
  const above = at.top - height - GAP;
  const middle = at.left + at.width / 2 - width / 2;
  box.style.top = `${above >= GAP ? above : at.bottom + GAP}px`;
  box.style.left = `${Math.max(GAP, Math.min(middle, window.innerWidth - width - GAP))}px`;
}
