import { expect, it } from "vitest";
import { findWords, placesOf } from "./find-words.ts";

const marked = (text: string, typed: string): string[] =>
  placesOf(text, findWords(typed)).map(([start, end]) => text.slice(start, end));

it.each([
  [
    "every word, whatever its case",
    "Zebra crossing, ZEBRA",
    "zebra crossing",
    ["Zebra", "crossing", "ZEBRA"],
  ],
  ["the beginning of the last word only", "cross crossing zeb zebra", "zeb cross", ["cross", "cross", "zeb"]],
  ["a quoted word as a whole", "cross crossing", '"cross"', ["cross"]],
  ["one letter as a whole word", "a ab", "a", ["a"]],
  ["parts of names", "read_file(path)", "file", ["file"]],
  ["accents and width", "Café ＣＡＦＥ", "cafe", ["Café", "ＣＡＦＥ"]],
  ["words of scripts without spaces", "数据库里", "据库", ["据", "库"]],
  ["nothing for what has no letters", "a — b", "—", []],
])("marks %s", (_, text, typed, expected) => {
  expect(marked(text, typed)).toEqual(expected);
});
