import { expect, it } from "vitest";
import { cleanText } from "./clean-text.ts";

it("removes what nobody sees, and keeps line ends, tabs and every script", () => {
  expect(cleanText("a\u0000b\u001b[31mc\u0085d", 100)).toBe("ab[31mcd");
  expect(cleanText("pay\u202eevil\u2066x\u200f\u061c", 100)).toBe("payevilx");
  expect(cleanText("z\u200bw\u2060j\ufeff\u00ad", 100)).toBe("zwj");
  expect(cleanText("\u{e0041}\u{e007f}tags", 100)).toBe("tags");
  expect(cleanText("two\nlines\tand 漢字 עברית 👩‍👧", 100)).toBe("two\nlines\tand 漢字 עברית 👩‍👧");
});

it("cuts to a length, within no character, and says so", () => {
  expect(cleanText("x".repeat(10), 10)).toBe("x".repeat(10));
  expect(cleanText("x".repeat(11), 10)).toBe(`${"x".repeat(8)} …`);
  const cut = cleanText("😀".repeat(50), 11);
  expect(cut.isWellFormed()).toBe(true);
  expect(cut.length).toBeLessThanOrEqual(11);
  expect(cleanText("\ud800lone", 100)).toBe("\ufffdlone");
});

it("takes no longer for what is far too long", () => {
  // What is hidden in front of a text does not push it out of what is looked at for ever.
  expect(cleanText("\u200b".repeat(1_000_000) + "end", 10)).toBe("");
});
