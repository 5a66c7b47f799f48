import { type CompositionEvent, type KeyboardEvent, useRef } from "react";

/** Safari ends a composition just before the key that ended it; within this time they are the same key, in ms. */
const SAME_KEY_MS = 50;

export interface ComposerKeys {
  onKeyDown(event: KeyboardEvent): void;
  onCompositionEnd(event: CompositionEvent): void;
}

/**
 * Enter sends and Shift+Enter breaks the line; on a touch screen, where there is no Shift to hold, Enter breaks it. Esc
 * stops what runs. While an input method composes, all of them are its own.
 */
export function useComposerKeys({
  send,
  stop,
}: {
  send: () => void;
  stop: (() => void) | null;
}): ComposerKeys {
  const composedAt = useRef(Number.NEGATIVE_INFINITY);
  return {
    onCompositionEnd(event) {
      composedAt.current = event.timeStamp;
    },
    onKeyDown(event) {
      if (event.nativeEvent.isComposing || event.timeStamp - composedAt.current < SAME_KEY_MS) return;
      if (event.key === "Enter" && !event.shiftKey && !isTouch()) {
        event.preventDefault();
        send();
      } else if (event.key === "Escape" && stop !== null) {
        event.preventDefault();
        stop();
      }
    },
  };
}

const isTouch = (): boolean => window.matchMedia("(pointer: coarse)").matches;
