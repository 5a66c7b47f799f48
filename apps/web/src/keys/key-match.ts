/**
 * Letters match by their position on the keyboard, so Cyrillic layouts and Caps Lock work (UI Events,
 * `KeyboardEvent.code`). Punctuation differs between layouts and matches by the typed character or, on layouts without
 * it, by its position on a US keyboard.
 */
type Press = Pick<KeyboardEvent, "key" | "code" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey">;

const PUNCTUATION: Readonly<Record<string, { code: string; shift: boolean }>> = {
  "/": { code: "Slash", shift: false },
  "?": { code: "Slash", shift: true },
  "[": { code: "BracketLeft", shift: false },
  "]": { code: "BracketRight", shift: false },
};

/** @param key `j`, `?`, `mod+k`, `mod+shift+f`, `alt+c`; `mod` is ⌘ on Apple keyboards and Ctrl elsewhere, never either. */
export function isKey(press: Press, key: string, isApple: boolean): boolean {
  const name = key.slice(key.lastIndexOf("+") + 1);
  const mod = key.startsWith("mod+");
  const alt = key.startsWith("alt+");
  const shift = key.includes("shift+");
  if (press.metaKey !== (mod && isApple) || press.ctrlKey !== (mod && !isApple)) return false;
  if (/^[a-z]$/.test(name)) {
    return press.altKey === alt && press.shiftKey === shift && press.code === `Key${name.toUpperCase()}`;
  }
  const place = PUNCTUATION[name];
  if (place === undefined || press.key === name) return press.key === name;
  const typesAscii = press.key.length === 1 && press.key <= "~";
  return !typesAscii && !press.altKey && press.code === place.code && press.shiftKey === place.shift;
}
