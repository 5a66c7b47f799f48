import { createContext, type RefObject, useContext, useEffect, useLayoutEffect, useState } from "react";

/** Beyond the visible part, what is within this distance is rendered, too. */
const MARGIN = "900px 0px";

/** Tells elements whether they are near the visible part of what they are scrolled in. */
class NearWatch {
  readonly #told = new Map<Element, (isNear: boolean) => void>();
  #observer: IntersectionObserver | null = null;

  /** @returns a function that stops it. */
  open(root: Element | null): () => void {
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) this.#told.get(target)?.(isIntersecting);
      },
      { root, rootMargin: MARGIN },
    );
    this.#observer = observer;
    for (const element of this.#told.keys()) observer.observe(element);
    return () => observer.disconnect();
  }

  watch(element: Element, tell: (isNear: boolean) => void): () => void {
    this.#told.set(element, tell);
    this.#observer?.observe(element);
    return () => {
      this.#told.delete(element);
      this.#observer?.unobserve(element);
    };
  }
}

export const NearContext = createContext<NearWatch | null>(null);

export function useNearWatch(frame: RefObject<Element | null>): NearWatch {
  const [watch] = useState(() => new NearWatch());
  useEffect(() => watch.open(frame.current), [watch, frame]);
  return watch;
}

/**
 * Whether an element is near. What has the focus stays: it must never fall to the body.
 *
 * @param isFirst near until it is known better
 */
export function useIsNear(element: RefObject<HTMLElement | null>, isFirst: boolean) {
  const watch = useContext(NearContext);
  const [isNear, setIsNear] = useState(isFirst);
  /** Its height when it was rendered last, in px. */
  const [height, setHeight] = useState<number | null>(null);
  useLayoutEffect(() => {
    const here = element.current;
    if (here === null || watch === null) return undefined;
    return watch.watch(here, (near) => {
      if (!near && here.contains(document.activeElement)) return;
      if (!near && here.childElementCount > 0) setHeight(here.offsetHeight);
      setIsNear(near);
    });
  }, [watch, element]);
  return { isNear, height };
}
