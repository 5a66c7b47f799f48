import type { Hints } from "./port.ts";

/** Of a node that has its store to itself: there is nobody to tell, and nobody who tells. */
export const noHints: Hints = {
  announce: () => undefined,
  follow: () => undefined,
  start: () => undefined,
  stop: async () => undefined,
};
