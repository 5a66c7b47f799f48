import { type CompositionEvent, type KeyboardEvent, useEffect, useState } from "react";
import { useIme } from "./ime.ts";
import { type WhenBusy, whenBusyOf } from "./when-busy.ts";

/** How long the first Esc waits for the second, in ms. */
const ARMED_MS = 3_000;

export interface ComposerKeys {
  onKeyDown(event: KeyboardEvent): void;
  onCompositionEnd(event: CompositionEvent): void;
}

/**
 * Enter sends (when-busy.ts), Shift+Enter inserts a newline; on touch screens, which have no Shift to hold, Enter inserts one. Two
 * presses of Esc stop the task: one is too easily pressed for other reasons. While an input method composes, all keys
 * are its own.
 *
 * @returns whether a second Esc would stop the task
 */
export function useComposerKeys({
  send,
  stop,
  complete,
  leave,
}: {
  send: (how: WhenBusy) => void;
  stop: (() => void) | null;
  /** @returns whether the key was for the list of completions. */
  complete: (event: KeyboardEvent) => boolean;
  /** Esc with nothing to stop. */
  leave: () => void;
}): { keys: ComposerKeys; isArmed: boolean } {
  const ime = useIme();
  const [armedAt, setArmedAt] = useState<number | null>(null);
  useEffect(() => {
    if (armedAt === null) return undefined;
    const timer = setTimeout(() => setArmedAt(null), ARMED_MS);
    return () => clearTimeout(timer);
  }, [armedAt]);
  const escape = (event: KeyboardEvent): void => {
    if (stop === null) return leave();
    if (armedAt === null || event.repeat) return setArmedAt(event.timeStamp);
    setArmedAt(null);
    stop();
  };
  const keys: ComposerKeys = {
    onCompositionEnd: ime.onCompositionEnd,
    onKeyDown(event) {
      if (ime.owns(event) || complete(event)) return;
      const isModified = event.metaKey || event.ctrlKey;
      if (event.key === "Enter" && (isModified || (!event.shiftKey && !isTouch()))) {
        event.preventDefault();
        if (!event.repeat) send(whenBusyOf(event));
      } else if (event.key === "Escape") {
        event.preventDefault();
        escape(event);
      } else setArmedAt(null);
    },
  };
  return { keys, isArmed: armedAt !== null && stop !== null };
}

export const isTouch = (): boolean => window.matchMedia("(pointer: coarse)").matches;
