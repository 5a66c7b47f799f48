import { expect, it } from "vitest";
import { contains } from "./contains.ts";

it.each([
  ["Theme: dark", "DARK"],
  ["Theme: dark", "ｄａｒｋ"],
  ["Straße İstanbul", "STRASSE"],
  ["Straße İstanbul", "istanbul"],
  ["cafe\u0301", "caf\u00e9"],
  ["ДОМ", "дом"],
  ["犬の写真", "犬"],
  ["anything", ""],
])("B2-palette: %s holds %s", (name, wanted) => {
  expect(contains(name, wanted)).toBe(true);
});

it("B2-palette: and not what is not there", () => {
  expect(contains("Theme: dark", "light")).toBe(false);
  expect(contains("猫", "犬")).toBe(false);
});
