import { expect, it } from "vitest";
import { isKey } from "./key-match.ts";

const press = (key: string, code: string, held: Partial<KeyboardEvent> = {}) => ({
  key,
  code,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...held,
});

it("D7: letters go by the place of their key: Cyrillic and Caps Lock change nothing", () => {
  for (const key of ["j", "J", "о", "О"]) expect(isKey(press(key, "KeyJ"), "j", false)).toBe(true);
  expect(isKey(press("J", "KeyJ", { shiftKey: true }), "j", false)).toBe(false);
  expect(isKey(press("л", "KeyK", { ctrlKey: true }), "mod+k", false)).toBe(true);
});

it("D7: Ctrl+Shift+K is the browser's, and the other system's modifier is nobody's", () => {
  expect(isKey(press("K", "KeyK", { ctrlKey: true, shiftKey: true }), "mod+k", false)).toBe(false);
  expect(isKey(press("k", "KeyK", { ctrlKey: true, altKey: true }), "mod+k", false)).toBe(false);
  expect(isKey(press("k", "KeyK", { ctrlKey: true }), "mod+k", true)).toBe(false);
  expect(isKey(press("k", "KeyK", { metaKey: true }), "mod+k", true)).toBe(true);
  expect(isKey(press("k", "KeyK", { ctrlKey: true }), "k", false)).toBe(false);
  const shifted = { ctrlKey: true, shiftKey: true };
  expect(isKey(press("F", "KeyF", shifted), "mod+shift+f", false)).toBe(true);
  expect(isKey(press("f", "KeyF", { ctrlKey: true }), "mod+shift+f", false)).toBe(false);
  expect(isKey(press("c", "KeyC"), "alt+c", false)).toBe(false);
  expect(isKey(press("ç", "KeyC", { altKey: true }), "alt+c", true)).toBe(true);
});

it("D7: punctuation goes by what it types, and by its place where a layout has none", () => {
  expect(isKey(press("?", "Minus", { shiftKey: true }), "?", false)).toBe(true);
  expect(isKey(press("[", "Digit8", { altKey: true }), "[", false)).toBe(true);
  expect(isKey(press("х", "BracketLeft"), "[", false)).toBe(true);
  expect(isKey(press("ü", "BracketLeft"), "[", false)).toBe(true);
  expect(isKey(press("-", "Slash"), "/", false)).toBe(false);
});
