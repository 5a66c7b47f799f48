import { type CompositionEvent, type KeyboardEvent, useRef } from "react";

/** Safari ends a composition just before the key that ended it; within this time they are the same key, in ms. */
const SAME_KEY_MS = 50;

export interface Ime {
  onCompositionEnd(event: CompositionEvent): void;
  /** Whether a key is the input method's own: it neither sends, saves nor discards. */
  owns(event: KeyboardEvent): boolean;
}

/** For every field in which Enter or Esc does something. */
export function useIme(): Ime {
  const composedAt = useRef(Number.NEGATIVE_INFINITY);
  return {
    onCompositionEnd(event) {
      composedAt.current = event.timeStamp;
    },
    owns: (event) => event.nativeEvent.isComposing || event.timeStamp - composedAt.current < SAME_KEY_MS,
  };
}
