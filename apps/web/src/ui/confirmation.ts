import { onNavigated } from "../navigation/navigate.ts";
import { createStore } from "zustand/vanilla";

/** A question before something that can't be undone by the next click. */
export interface Confirmation {
  title: string;
  /** What would happen, or be lost. */
  detail: string;
  /** More, such as what would be lost, one line each. */
  items?: readonly string[];
  /** What the button says: the verb and its object. */
  action: string;
}

interface Asked extends Confirmation {
  answer(isConfirmed: boolean): void;
}

export const confirmation = createStore<Asked | null>(() => null);

/**
 * Asks in a dialog.
 *
 * @returns whether the user confirmed; who asks something else, or leaves the page that the question is about, has not
 */
export function confirmed(question: Confirmation): Promise<boolean> {
  confirmation.getState()?.answer(false);
  return new Promise((resolve) => {
    const answer = (isConfirmed: boolean): void => {
      stopWatching();
      confirmation.setState(null, true);
      resolve(isConfirmed);
    };
    const stopWatching = onNavigated(() => answer(false));
    confirmation.setState({ ...question, answer }, true);
  });
}
