import { pathIn, placed } from "./base-path.ts";

/**
 * Navigates without a request to the server: the browser has all screens already (shell/screens.tsx), so it works
 * offline. Next's router, and with it `usePath`, follows the history.
 */
const MOVED = "trunkline:navigated";

/** The page's path, without the base path. */
export const currentPath = (): string => pathIn(window.location.pathname);

/** @param path with a hash for a link to an event */
export function navigate(path: string): void {
  const to = placed(path);
  const { pathname, hash } = window.location;
  if (to === pathname + hash) window.history.replaceState(null, "", to);
  else window.history.pushState(null, "", to);
  window.dispatchEvent(new Event(MOVED));
}

/** Calls back when the address changed, by a link or by hand. @returns a function that stops it. */
export function onNavigated(listener: () => void): () => void {
  for (const type of [MOVED, "hashchange", "popstate"]) window.addEventListener(type, listener);
  return () => {
    for (const type of [MOVED, "hashchange", "popstate"]) window.removeEventListener(type, listener);
  };
}
