import type { Hints } from "./port.ts";

/** For a node that has its store to itself: there are no others. */
export const noHints: Hints = {
  announce: () => undefined,
  follow: () => undefined,
  start: () => undefined,
  stop: async () => undefined,
};
