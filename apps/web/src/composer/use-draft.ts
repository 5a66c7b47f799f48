import { useState, useSyncExternalStore } from "react";
import { Draft } from "./draft.ts";

const onServer = (): string => "";

/** @param place a session's id, or `new`; it stays the same for as long as the caller is shown. */
export function useDraft(place: string): { text: string; draft: Draft } {
  const [draft] = useState(() => new Draft(place));
  const text = useSyncExternalStore(draft.subscribe, draft.text, onServer);
  return { text, draft };
}
