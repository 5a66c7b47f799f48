import { readStored, writeStored } from "../text/stored.ts";

/** What somebody was about to say. Its key, once it was sent: sent again, it is the same task. */
export interface Draft {
  text: string;
  idempotencyKey: string | null;
}

const storageKey = (place: string): string => `trunkline:draft:${place}`;

/** @param place the session's id, or `new`. */
export function readDraft(place: string): Draft {
  const stored = readStored<Partial<Draft>>(storageKey(place));
  return { text: stored?.text ?? "", idempotencyKey: stored?.idempotencyKey ?? null };
}

export function writeDraft(place: string, draft: Draft): void {
  writeStored(storageKey(place), draft.text === "" ? null : draft);
}
