import { type RefObject, useEffect, useEffectEvent } from "react";

/** What ends the way to the start: the reader does something else. */
const OTHERWISE = ["keydown", "wheel", "pointerdown", "touchstart"] as const;

/**
 * Home goes to the start of the whole session, not of what happens to be loaded.
 *
 * @param read loads what is older
 * @param go shows the start
 */
export function useHomeKey(
  frame: RefObject<HTMLElement | null>,
  read: () => Promise<void>,
  go: () => void,
): void {
  const toStart = useEffectEvent(async (isStill: () => boolean) => {
    await read();
    // Once the rows just loaded have been positioned.
    await new Promise(requestAnimationFrame);
    if (isStill()) go();
  });
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const page = new AbortController();
    let asked = 0;
    const act = (): void => {
      asked += 1;
    };
    const options = { capture: true, passive: true, signal: page.signal };
    for (const type of OTHERWISE) window.addEventListener(type, act, options);
    element.addEventListener(
      "keydown",
      ({ key, target, shiftKey }) => {
        if (key !== "Home" || shiftKey || target !== element) return;
        const mine = asked;
        void toStart(() => asked === mine && !page.signal.aborted);
      },
      { signal: page.signal },
    );
    return () => page.abort();
  }, [frame]);
}
