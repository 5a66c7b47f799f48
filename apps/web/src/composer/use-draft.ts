import { useStore } from "zustand";
import { type Draft, draftOf, type DraftState } from "./draft.ts";
import { useIsHydrated } from "../ui/use-is-hydrated.ts";

/** @param place a session's id, or `new`. */
export function useDraft(place: string): DraftState & { draft: Draft } {
  const draft = draftOf(place);
  const state = useStore(draft.state);
  // The server rendered the page without browser storage.
  const isHydrated = useIsHydrated();
  return { ...(isHydrated ? state : { text: "", files: [], isKept: true, others: [] }), draft };
}
