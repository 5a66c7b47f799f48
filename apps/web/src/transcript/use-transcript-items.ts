import { useMemo } from "react";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { useOutgoing } from "../session/use-outgoing.ts";
import { activeTask, waitingPrompts } from "../session/session-facts.ts";
import { type TranscriptItem, transcriptItems } from "./items.ts";

export interface TranscriptItems {
  items: readonly TranscriptItem[];
  /** Whether something is running or about to. */
  isBusy: boolean;
}

export function useTranscriptItems(): TranscriptItems {
  const view = useSessionState((state) => state.view);
  const tasks = useSessionState((state) => state.tasks);
  const { outgoing } = useOutgoing();
  const isActive = activeTask(view) !== null;
  const next = useMemo(
    () => (isActive ? null : (waitingPrompts({ view, tasks, outgoing })[0] ?? null)),
    [isActive, view, tasks, outgoing],
  );
  const items = useMemo(() => transcriptItems(view.rows, next), [view.rows, next]);
  const isInterrupted = view.tasks.some(({ state, attempt }) => state === "submitted" && attempt > 0);
  return { items, isBusy: isActive || next !== null || isInterrupted };
}
