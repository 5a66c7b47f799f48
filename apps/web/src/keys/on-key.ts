import { useEffect, useEffectEvent } from "react";
import { focusVanishedMsAgo } from "./focus-moves.ts";
import { isKey } from "./key-match.ts";
import { isApple } from "./modifier-key.ts";
import { singleKeysOn } from "./single-keys.ts";

/** Actions by key (key-match.ts). A bare letter must not do anything that is hard to undo. */
export type KeyMap = Readonly<Partial<Record<Key, (event: KeyboardEvent) => void>>>;

/** Keys in faster succession are typing, in ms. */
const TYPING_MS = 800;
/** After the page removed the focus, somebody may still be typing for this long, in ms. */
const SETTLE_MS = 1_000;

/** All single-key shortcuts; any other letter is typing. */
const SINGLE_KEYS = ["j", "k", "g", "e", "f", "i", "x", "[", "]", "/", "?"] as const;

/** `mod+k`, `alt+c`, or a single key. */
type Key = (typeof SINGLE_KEYS)[number] | `mod+${string}` | `alt+${string}`;

let typedAt = Number.NEGATIVE_INFINITY;

/**
 * Runs the action of a key pressed anywhere on the page. Single keys are ignored while somebody types: in a field or
 * dialog, amid other letters, or just after a field disappeared. With `mod`, a field keeps keys that could change its
 * text.
 */
export function useKeys(keys: KeyMap): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const found = (Object.keys(keys) as Key[]).find((key) => isKey(event, key, isApple()));
    if (found === undefined) return;
    if (found.includes("+") ? isTakenByField(event) : !mayUseSingleKey(event)) return;
    event.preventDefault();
    keys[found]?.(event);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKeyDown(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);
}

/** Records letters that are not shortcuts; Esc ends a sentence by hand. @returns a function that stops it. */
export function watchTyping(): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !event.isComposing) typedAt = Number.NEGATIVE_INFINITY;
    const isLetter = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
    if (isLetter && !SINGLE_KEYS.some((key) => isKey(event, key, isApple()))) typedAt = event.timeStamp;
  };
  window.addEventListener("keydown", onKeyDown, true);
  return () => window.removeEventListener("keydown", onKeyDown, true);
}

function mayUseSingleKey(event: KeyboardEvent): boolean {
  if (!singleKeysOn() || isField(event.target)) return false;
  if (document.querySelector("[role=dialog], [role=menu], [role=listbox]") !== null) return false;
  if (focusVanishedMsAgo() >= SETTLE_MS && event.timeStamp - typedAt >= TYPING_MS) return true;
  typedAt = event.timeStamp;
  return false;
}

function isTakenByField({ target, altKey, shiftKey }: KeyboardEvent): boolean {
  // With both, a field does nothing.
  if (!isField(target) || (shiftKey && !altKey)) return false;
  // Alt types accented letters and deletes words, so the field keeps it. ⌘ on Apple, and Ctrl in an empty field, mean
  // nothing to it.
  if (altKey) return true;
  return !isApple() && "value" in target && target.value !== "" && !target.closest("[cmdk-root]");
}

export function isField(target: EventTarget | null): target is HTMLElement {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
