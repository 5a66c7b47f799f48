import { useEffect } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { keepText, keptTextKeys, readText } from "../text/kept-text.ts";

/** An edit of a queued prompt. It outlives its chip, its task's start and the page. */
export interface QueueEdit {
  taskId: string;
  text: string;
}

type Edits = Readonly<Record<string, QueueEdit>>;

const edits = createStore<Edits>(() => ({}));
const prefixOf = (sessionId: string): string => `trunkline:edit:${sessionId}:`;

export function writeEdit(sessionId: string, edit: QueueEdit): void {
  edits.setState({ [edit.taskId]: edit });
  void keepText(prefixOf(sessionId) + edit.taskId, edit);
}

export function forgetEdit(sessionId: string, taskId: string): void {
  edits.setState(({ [taskId]: _, ...others }) => others, true);
  void keepText(prefixOf(sessionId) + taskId, null);
}

/** All open edits by task, including those from earlier visits. */
export function useQueueEdits(sessionId: string): Edits {
  useEffect(() => {
    void (async () => {
      for (const key of await keptTextKeys(prefixOf(sessionId))) {
        const edit = (await readText(key)) as Partial<QueueEdit> | null;
        if (typeof edit?.taskId !== "string" || typeof edit.text !== "string") continue;
        const { taskId, text } = edit;
        edits.setState((known) => ({ [taskId]: known[taskId] ?? { taskId, text } }));
      }
    })();
  }, [sessionId]);
  return useStore(edits);
}
