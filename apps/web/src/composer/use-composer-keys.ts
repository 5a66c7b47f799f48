import { type CompositionEvent, type KeyboardEvent, useEffect, useState } from "react";
import type { Stop } from "./composer-buttons.tsx";
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
  /** Null while nothing runs. */
  stop: Pick<Stop, "taskId" | "stop"> | null;
  /** @returns whether the key was for the list of completions. */
  complete: (event: KeyboardEvent) => boolean;
  /** Esc with nothing to stop. */
  leave: () => void;
}): { keys: ComposerKeys; isArmed: boolean } {
  const ime = useIme();
  const [armed, setArmed] = useState<{ taskId: string } | null>(null);
  useEffect(() => {
    if (armed === null) return undefined;
    const timer = setTimeout(() => setArmed(null), ARMED_MS);
    return () => clearTimeout(timer);
  }, [armed]);
  // The one that the first Esc was about may have ended since, and another one begun.
  const isArmed = armed !== null && armed.taskId === stop?.taskId;
  const escape = (event: KeyboardEvent): void => {
    if (stop === null) return leave();
    if (!isArmed || event.repeat) return setArmed({ taskId: stop.taskId });
    setArmed(null);
    stop.stop();
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
      } else setArmed(null);
    },
  };
  return { keys, isArmed };
}

export const isTouch = (): boolean => window.matchMedia("(pointer: coarse)").matches;
