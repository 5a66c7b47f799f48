import { type SyntheticEvent, useEffect, useState } from "react";
import { focusMovedMsAgo } from "../keys/focus-moves.ts";

/** How long a card has to have been there, and the focus where it is, before anything answers, in ms. */
const SETTLED_MS = 1_000;

export interface MayAnswer {
  /** False while the card has just appeared: its buttons are off. */
  isSettled: boolean;
  /**
   * Whether an event was meant for this card: a key press that came just after the page had moved the focus may be the
   * rest of somebody's sentence, and a held key was pressed for what was here before.
   */
  isMeant(event: SyntheticEvent): boolean;
}

/** @param key of what is shown; another one begins anew. */
export function useMayAnswer(key: string): MayAnswer {
  const [settled, setSettled] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(key), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [key]);
  const isSettled = settled === key;
  return {
    isSettled,
    isMeant({ nativeEvent }) {
      // A click with a pointer was aimed at what it hit.
      const isPointer = nativeEvent instanceof MouseEvent && nativeEvent.detail > 0;
      return isSettled && (isPointer || focusMovedMsAgo() >= SETTLED_MS);
    },
  };
}
