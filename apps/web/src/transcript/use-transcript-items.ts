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
  const rows = useSessionState(({ view }) => view.rows);
  const told = useSessionState(({ view }) => view.tasks);
  const tasks = useSessionState((state) => state.tasks);
  const { outgoing } = useOutgoing();
  const isActive = activeTask({ tasks: told }) !== null;
  const next = useMemo(
    () => (isActive ? null : (waitingPrompts({ told, tasks, outgoing })[0] ?? null)),
    [isActive, told, tasks, outgoing],
  );
  const items = useMemo(() => transcriptItems(rows, next), [rows, next]);
  const isInterrupted = told.some(({ state, attempt }) => state === "submitted" && attempt > 0);
  return { items, isBusy: isActive || next !== null || isInterrupted };
}
