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

/** Asks in a dialog. @returns whether the user confirmed; an earlier question counts as not confirmed. */
export function confirmed(question: Confirmation): Promise<boolean> {
  confirmation.getState()?.answer(false);
  return new Promise((resolve) => {
    const answer = (isConfirmed: boolean): void => {
      confirmation.setState(null, true);
      resolve(isConfirmed);
    };
    confirmation.setState({ ...question, answer }, true);
  });
}
