import type { Choice } from "./command.ts";

/** Which choice Enter takes: the first that was shown for what was typed, until another one is marked. */
export interface Mark {
  /** What was typed; empty where nothing is completed. */
  of: string;
  key: string;
}

/**
 * By its key: one that comes or goes meanwhile does not move the mark to another.
 *
 * @param of what is typed now
 */
export function markFor(choices: readonly Pick<Choice, "key">[], mark: Mark, of: string): Mark {
  const [first] = choices;
  return mark.of === of || (of !== "" && first === undefined) ? mark : { of, key: first?.key ?? "" };
}

/** @returns -1: none is marked, for what was has gone. */
export const placeOf = (choices: readonly Pick<Choice, "key">[], mark: Mark, of: string): number =>
  mark.of === of ? choices.findIndex(({ key }) => key === mark.key) : -1;
