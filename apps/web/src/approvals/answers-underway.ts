import { createStore } from "zustand/vanilla";

/** Answered requests that are kept in mind: only those that are still shown matter. */
const MAX_KNOWN = 100;

/** Ids of requests whose answer is on its way, or has just arrived. */
export const answersUnderway = createStore<readonly string[]>(() => []);

/** @returns false if there is one already. */
export function beginAnswer(id: string): boolean {
  if (answersUnderway.getState().includes(id)) return false;
  answersUnderway.setState((ids) => [...ids, id].slice(-MAX_KNOWN), true);
  return true;
}

/** It was not taken. */
export function endAnswer(id: string): void {
  answersUnderway.setState((ids) => ids.filter((one) => one !== id), true);
}
