/**
 * From page to page without asking the server for anything: all of them are in the browser already (shell/screens.tsx),
 * so this works without a network. Next's router takes the address over from the history, and `usePathname` with it.
 */
const MOVED = "trunkline:navigated";

/** @param to path, and hash where it leads to an event */
export function navigate(to: string): void {
  const { pathname, hash } = window.location;
  if (to === pathname + hash) window.history.replaceState(null, "", to);
  else window.history.pushState(null, "", to);
  window.dispatchEvent(new Event(MOVED));
}

/** Calls back when the address changed, by a link of the page or by hand. @returns what ends it. */
export function onNavigated(listener: () => void): () => void {
  for (const type of [MOVED, "hashchange", "popstate"]) window.addEventListener(type, listener);
  return () => {
    for (const type of [MOVED, "hashchange", "popstate"]) window.removeEventListener(type, listener);
  };
}
