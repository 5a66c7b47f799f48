import { useEffect, useRef } from "react";
import type { QueuedPrompt } from "../session/session-facts.ts";
import { draftOf } from "./draft.ts";
import { forgetEdit, useQueueEdits, writeEdit } from "./queue-edits.ts";
import type { Queue } from "./use-queue.ts";

/** The edit of one chip. */
export interface ChipEdit {
  /** Null if it is not being edited. */
  text: string | null;
  /** What somebody else made of the prompt since the edit began; null: nothing. It is saved over only by `overwrite`. */
  elsewhere: string | null;
  begin: () => void;
  write: (text: string) => void;
  /** Enter: saves it, or puts it into the composer if it came too late. */
  keep: () => void;
  /** Blur: saves it, while that can be. */
  leave: () => void;
  /** Esc. */
  discard: () => void;
  /** Saves it over `elsewhere`. */
  overwrite: () => void;
}

export interface ChipEdits {
  /** @param isLost whether its task started, or was removed, meanwhile. */
  editOf: (chip: Pick<QueuedPrompt, "taskId" | "prompt">, isLost?: boolean) => ChipEdit;
  /** Edits whose task is not waiting any more. */
  lost: readonly { taskId: string; text: string }[];
}

/** Edits in place; kept in the browser until the server has them. One that came too late stays until the user decides. */
export function useChipEdits(
  sessionId: string,
  waiting: readonly QueuedPrompt[],
  { queue, focusComposer }: { queue: Queue; focusComposer: () => void },
): ChipEdits {
  const edits = useQueueEdits(sessionId);
  /** Saves in flight, by task: Enter moves the focus, and the blur would save a second time. */
  const saving = useRef(new Map<string, string>());
  const known = new Set(waiting.map(({ taskId }) => taskId));
  const lost = Object.values(edits).filter(({ taskId }) => !known.has(taskId));
  useEffect(() => {
    // Nothing was changed.
    for (const { taskId, text } of lost) if (text.trim() === "") forgetEdit(sessionId, taskId);
  });
  const elsewhereOf = (taskId: string, prompt: string): string | null => {
    const { text, from = prompt } = edits[taskId] ?? {};
    const isOwn = prompt === from || prompt === text || prompt === saving.current.get(taskId);
    return text === undefined || text === from || isOwn ? null : prompt;
  };
  const save = (taskId: string, prompt: string, overwrites = false): void => {
    const edit = edits[taskId];
    if (edit === undefined) return;
    const { text, from = prompt } = edit;
    // Nothing was changed here; somewhere else it may have been.
    if (text.trim() === "" || text === prompt || text === from) forgetEdit(sessionId, taskId);
    else if (!overwrites && elsewhereOf(taskId, prompt) !== null) return;
    else if (saving.current.get(taskId) !== text) {
      saving.current.set(taskId, text);
      queue.edit(taskId, text, () => saving.current.delete(taskId));
    }
  };
  const editOf = ({ taskId, prompt }: Pick<QueuedPrompt, "taskId" | "prompt">, isLost = false): ChipEdit => {
    if (taskId === null) return NO_EDIT;
    const edit = edits[taskId];
    const isUntouched = edit !== undefined && edit.text === edit.from;
    const text = isUntouched && !isLost ? prompt : (edit?.text ?? null);
    const end = (): void => {
      forgetEdit(sessionId, taskId);
      focusComposer();
    };
    return {
      text,
      elsewhere: isLost ? null : elsewhereOf(taskId, prompt),
      begin: () => writeEdit(sessionId, { taskId, text: prompt, from: prompt }),
      write: (next) => writeEdit(sessionId, { taskId, text: next, from: isUntouched ? prompt : edit?.from }),
      keep() {
        if (isLost) {
          draftOf(sessionId).giveBack({ text: text ?? "", files: [] });
          return end();
        }
        save(taskId, prompt);
        focusComposer();
      },
      leave: () => {
        if (!isLost) save(taskId, prompt);
      },
      discard: end,
      overwrite() {
        save(taskId, prompt, true);
        focusComposer();
      },
    };
  };
  return { editOf, lost };
}

const nothing = (): void => {};
const NO_EDIT: ChipEdit = {
  text: null,
  elsewhere: null,
  begin: nothing,
  write: nothing,
  keep: nothing,
  leave: nothing,
  discard: nothing,
  overwrite: nothing,
};
