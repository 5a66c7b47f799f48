import { currentPath } from "./navigate.ts";

/**
 * For what leads elsewhere once an answer is there, which may be late.
 *
 * @returns whether the user is still at this page and has typed nothing since; called once
 */
export function watchForLeaving(): () => boolean {
  const from = currentPath();
  let hasTyped = false;
  const note = (): void => {
    hasTyped = true;
  };
  window.addEventListener("input", note, true);
  return () => {
    window.removeEventListener("input", note, true);
    return !hasTyped && currentPath() === from;
  };
}
