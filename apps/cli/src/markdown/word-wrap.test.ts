import { array, assert, constantFrom, integer, property } from "fast-check";
import picocolors from "picocolors";
import { expect, it } from "vitest";
import { WordWrap } from "./word-wrap.ts";

const { bold } = picocolors.createColors(true);

function wrapped(pieces: readonly string[], width: number, indent = 0): string {
  const wrap = new WordWrap(width, indent);
  const shown = pieces.map((piece) => wrap.write(piece)).join("") + wrap.end();
  return shown.replaceAll(/ +\n/g, "\n");
}

it.each([
  ["one two three fours", "one two\nthree\nfours"],
  ["exactly 10", "exactly 10"],
  ["a  b  ", "a  b  "],
  ["see /a/path/that/is/long now", "see /a/path/that/is/long now"],
  [`one ${bold("two three")} fours`, `one ${bold("two\nthree")}\nfours`],
  ["今日は良い天気です ok", "今日は良い天気です\nok"],
])("breaks %j between words, in ten columns", (text, expected) => {
  expect(wrapped([text], 10)).toBe(expected);
});

it("leaves room for what stands before every line, and nothing alone where lines have no end", () => {
  expect(wrapped(["one two three"], 10, 4)).toBe("one\ntwo\nthree");
  expect(wrapped(["one two three"], Number.POSITIVE_INFINITY)).toBe("one two three");
});

it("prints a word at once where it is likely to fit, and holds it back where it is not", () => {
  const wrap = new WordWrap(40, 0);
  expect(wrap.write("beginn")).toBe("beginn");
  expect(wrap.write("ing of a line that goes on")).toBe("ing of a line that goes ");
  expect(wrap.write("wardly")).toBe("");
  expect(wrap.write(" to the e")).toBe("onwardly \nto the e");
  expect(wrap.write("nd of the next l")).toBe("nd of the next ");
  expect(wrap.end()).toBe("l");
});

it("adds and loses no word however it comes, and passes no border where every word has room", () => {
  const pieces = array(constantFrom("a", "word", " ", "longer-word", "  ", "ing "), { maxLength: 40 });
  assert(
    property(pieces, integer({ min: 14, max: 60 }), (parts, width) => {
      const text = parts.join("");
      const shown = wrapped(parts, width);
      expect(shown.replaceAll(/\s+/g, " ").trim()).toBe(text.replaceAll(/\s+/g, " ").trim());
      const longest = Math.max(0, ...text.split(/\s+/).map((word) => word.length));
      if (longest > Math.min(width, 20)) return;
      for (const line of shown.split("\n")) {
        expect(line.trimEnd().length).toBeLessThanOrEqual(width);
      }
    }),
  );
});
