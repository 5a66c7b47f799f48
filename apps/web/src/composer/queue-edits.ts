import { useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { keepText, keptTextKeys, readText } from "../text/kept-text.ts";

/** An edit of a queued prompt. It outlives its chip, its task's start and the page. */
export interface QueueEdit {
  taskId: string;
  text: string;
  /** The prompt when it began; absent from edits of before it was kept. */
  from?: string | undefined;
}

type Edits = Readonly<Record<string, QueueEdit>>;

/** By the keys that they are stored under. */
const edits = createStore<Edits>(() => ({}));
const prefixOf = (sessionId: string): string => `trunkline:edit:${sessionId}:`;

export function writeEdit(sessionId: string, edit: QueueEdit): void {
  const key = prefixOf(sessionId) + edit.taskId;
  edits.setState({ [key]: edit });
  void keepText(key, edit);
}

/** @param saved not if something else is written by now */
export function forgetEdit(sessionId: string, taskId: string, saved?: string): void {
  const key = prefixOf(sessionId) + taskId;
  const edit = edits.getState()[key];
  if (edit && saved && edit.text !== saved) return writeEdit(sessionId, { ...edit, from: saved });
  edits.setState(({ [key]: _, ...others }) => others, true);
  void keepText(key, null);
}

/** All open edits of a session by task, including those from earlier visits. */
export function useQueueEdits(sessionId: string): Edits {
  useEffect(() => {
    void (async () => {
      for (const key of await keptTextKeys(prefixOf(sessionId))) {
        const edit = (await readText(key)) as Partial<QueueEdit> | null;
        if (typeof edit?.taskId !== "string" || typeof edit.text !== "string") continue;
        const { taskId, text, from } = edit;
        edits.setState((known) => ({ [key]: known[key] ?? { taskId, text, from } }));
      }
    })();
  }, [sessionId]);
  const all = useStore(edits);
  return useMemo(() => {
    const own = Object.entries(all).filter(([key]) => key.startsWith(prefixOf(sessionId)));
    return Object.fromEntries(own.map(([, edit]) => [edit.taskId, edit]));
  }, [all, sessionId]);
}
