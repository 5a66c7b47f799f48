import { useEffect, useRef, useState } from "react";
import { newIdempotencyKey } from "./idempotency-key.ts";
import { readDraft, writeDraft } from "./draft.ts";

export interface DraftField {
  text: string;
  setText(text: string): void;
  /**
   * Sends what is there. The field is empty at once, but the draft is kept until the server has it, and comes back if
   * the server never does: it survives failures and reloads.
   */
  send(submit: (prompt: string, idempotencyKey: string) => Promise<void>): Promise<void>;
}

/** @param place the session's id, or `new`. */
export function useDraft(place: string): DraftField {
  const [text, show] = useState("");
  /** The latest text: a submit that fails comes back to a field which may have changed since. */
  const current = useRef("");
  const key = useRef<string | null>(null);

  const setText = (next: string): void => {
    // Another text is another task.
    key.current = null;
    current.current = next;
    show(next);
    writeDraft(place, { text: next, idempotencyKey: null });
  };

  useEffect(() => {
    const draft = readDraft(place);
    key.current = draft.idempotencyKey;
    current.current = draft.text;
    show(draft.text);
  }, [place]);

  return {
    text,
    setText,
    async send(submit) {
      const prompt = current.current;
      const idempotencyKey = key.current ?? newIdempotencyKey();
      writeDraft(place, { text: prompt, idempotencyKey });
      key.current = null;
      current.current = "";
      show("");
      try {
        await submit(prompt, idempotencyKey);
        if (readDraft(place).idempotencyKey === idempotencyKey)
          writeDraft(place, { text: "", idempotencyKey: null });
      } catch (error) {
        const added = current.current;
        const restored = added === "" ? prompt : `${prompt}\n\n${added}`;
        key.current = added === "" ? idempotencyKey : null;
        current.current = restored;
        show(restored);
        writeDraft(place, { text: restored, idempotencyKey: key.current });
        throw error;
      }
    },
  };
}
