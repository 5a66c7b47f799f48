import { useEffect, useEffectEvent } from "react";
import { focusVanishedMsAgo } from "./focus-moves.ts";
import { isKey } from "./key-match.ts";
import { isApple } from "./modifier-key.ts";
import { singleKeysOn } from "./single-keys.ts";

/** By key (key-match.ts): what it does. Nothing that a bare letter does may be hard to take back. */
export type KeyMap = Readonly<Partial<Record<Key, (event: KeyboardEvent) => void>>>;

/** Keys that follow each other faster are somebody's words, in ms. */
const TYPING_MS = 800;
/** Time after the page took the focus away in which somebody may still be typing, in ms. */
const SETTLE_MS = 1_000;

/** All bare keys that anything listens to; any other letter is part of somebody's words. */
const SINGLE_KEYS = ["j", "k", "g", "e", "i", "[", "]", "/", "?"] as const;

/** `mod+k`, `alt+c`, or one of the bare keys. */
type Key = (typeof SINGLE_KEYS)[number] | `mod+${string}` | `alt+${string}`;

let typedAt = Number.NEGATIVE_INFINITY;

/**
 * Calls what the map has for a key that was pressed anywhere on the page. Bare keys count only where nobody types: not in
 * a field or an open dialog, not amid other letters, not just after a field vanished from under the typist. With `mod`,
 * a field keeps the key as long as there is text in it that the key could change.
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

/** Notes letters that no shortcut is for. @returns what ends it. */
export function watchTyping(): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
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

function isTakenByField({ target, altKey }: KeyboardEvent): boolean {
  if (!isField(target)) return false;
  // An alternate letter, or what deletes to the end of the line: with nothing in the field, Apple's ⌘ and an empty
  // field's Ctrl mean nothing to it.
  if (altKey) return true;
  return !isApple() && "value" in target && target.value !== "" && !target.closest("[cmdk-root]");
}

export function isField(target: EventTarget | null): target is HTMLElement {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
