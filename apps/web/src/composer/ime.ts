import { type CompositionEvent, type KeyboardEvent, useRef } from "react";

/** Safari ends a composition just before the key event that ended it; within this time they count as one, in ms. */
const SAME_KEY_MS = 50;

export interface Ime {
  onCompositionEnd(event: CompositionEvent): void;
  /** Whether a key belongs to the input method: it must not send, save or discard. */
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
