import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import { AT_END_PX } from "./following.ts";

/**
 * Opens the scrolled `pre` around `end` at its end, and keeps it there while what it shows grows, until the reader
 * scrolls away.
 *
 * @param isOn whether it opens and stays at its end
 * @param lines how many are shown
 * @param text changes with what is shown
 * @returns `holdPlace`: to be called before lines are added above, so that what is read stays where it is
 */
export function useFrameEnd(
  isOn: boolean,
  lines: number,
  text: string,
): { end: RefObject<HTMLSpanElement | null>; holdPlace: () => void } {
  const end = useRef<HTMLSpanElement>(null);
  const isAtEnd = useRef(true);
  const heldFromEnd = useRef<number | null>(null);
  useEffect(() => {
    const frame = end.current?.closest("pre");
    if (frame === null || frame === undefined) return;
    const look = (): void => {
      isAtEnd.current = frame.scrollHeight - frame.clientHeight - frame.scrollTop <= AT_END_PX;
    };
    frame.addEventListener("scroll", look, { passive: true });
    return () => frame.removeEventListener("scroll", look);
  }, []);
  useLayoutEffect(() => {
    const frame = end.current?.closest("pre");
    if (frame === null || frame === undefined) return;
    if (heldFromEnd.current !== null) frame.scrollTop = frame.scrollHeight - heldFromEnd.current;
    else if (isOn && isAtEnd.current) frame.scrollTop = frame.scrollHeight;
    heldFromEnd.current = null;
  }, [isOn, lines, text]);
  return {
    end,
    holdPlace() {
      const frame = end.current?.closest("pre");
      if (frame !== null && frame !== undefined) heldFromEnd.current = frame.scrollHeight - frame.scrollTop;
    },
  };
}
