import { useEffect, useEffectEvent } from "react";

/** `k`, `?`, `mod+k`; `mod` is ⌘ or Ctrl. */
export type KeyMap = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/**
 * Calls what the map has for a key that was pressed anywhere on the page. While somebody types, or a dialog is open,
 * only combinations with `mod` count.
 */
export function useKeys(keys: KeyMap): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const mod = event.metaKey || event.ctrlKey;
    const handler = keys[mod ? `mod+${event.key.toLowerCase()}` : event.key];
    if (handler === undefined || (!mod && isBusy(event.target))) return;
    event.preventDefault();
    handler(event);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKeyDown(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);
}

function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector("[role=dialog]") !== null) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
