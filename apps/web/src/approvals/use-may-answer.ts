import { type SyntheticEvent, useEffect, useState } from "react";
import { focusMovedMsAgo } from "../keys/focus-moves.ts";

/** How long a card must have been visible, and the focus in place, before it accepts an answer, in ms. */
const SETTLED_MS = 1_000;

export interface MayAnswer {
  /** False while the card has just appeared: its buttons are disabled. */
  isSettled: boolean;
  /**
   * Whether an event was meant for this card: a key press right after the page moved the focus may be the end of
   * somebody's sentence, and a held key was pressed for whatever was here before.
   */
  isMeant(event: SyntheticEvent): boolean;
}

/** @param key of what is shown; a new key starts over. */
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
      // A click was aimed at what it hit.
      const isPointer = nativeEvent instanceof MouseEvent && nativeEvent.detail > 0;
      return isSettled && (isPointer || focusMovedMsAgo() >= SETTLED_MS);
    },
  };
}
