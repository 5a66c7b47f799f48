import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { ChosenModel } from "./model-choice.tsx";

/** The choice for the next new session. It is not remembered beyond this page: the default may change. */
const choice = createStore<ChosenModel>(() => ({ model: null, effort: null }));

export const useNewSessionModel = (): ChosenModel => useStore(choice);

export function chooseNewSessionModel(next: Partial<ChosenModel>): void {
  choice.setState(next);
}

/** What `task.submit` takes of it. */
export function modelOf({ model, effort }: ChosenModel) {
  return { ...(model !== null && { model }), ...(effort !== null && { effort }) };
}
