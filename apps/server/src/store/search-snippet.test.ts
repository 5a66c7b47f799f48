import * as fc from "fast-check";
import { expect, it } from "vitest";
import { cutSnippet } from "./search-snippet.ts";
import { readTerms } from "./search-terms.ts";

/** The snippet with its matches in brackets. */
function snippet(text: string, typed: string): string {
  const { snippet: cut, matches } = cutSnippet(text, readTerms(typed));
  let shown = "";
  let position = 0;
  for (const [start, end] of matches) {
    shown += `${cut.slice(position, start)}[${cut.slice(start, end)}]`;
    position = end;
  }
  return shown + cut.slice(position);
}

it("marks words as they were written, however they were typed", () => {
  expect(snippet("Die STRASSE, die Straße!", "straße")).toBe("Die [STRASSE], die [Straße]!");
  expect(snippet("كِتَاب", "كتاب")).toBe("[كِتَاب]");
  expect(snippet("테스트".normalize("NFD"), "테스트")).toBe(`[${"테스트".normalize("NFD")}]`);
  expect(snippet("cafe\u0301s", "café")).toBe("[cafe\u0301s]");
  expect(snippet("我们在数据库里", "数据")).toBe("我们在[数据]库里");
});

it("shows the place where most of the words stand together", () => {
  const text = `needle ${"hay ".repeat(100)}a needle in the haystack of a barn ${"hay ".repeat(100)}`;
  expect(snippet(text, "needle barn")).toContain("a [needle] in the haystack of a [barn]");
  expect(snippet(text, "needle barn")).toMatch(/^….*…$/u);
});

it("shows phrases as one, and words that go on", () => {
  expect(snippet("one two one three", '"one three" tw')).toBe("one [two] [one three]");
  expect(snippet("one two", '"one tw"')).toBe("one two");
});

it("cuts what is too long for a snippet, in no character's middle", () => {
  const cut = snippet(`${"👩".repeat(5_000)} needle ${"👩".repeat(5_000)}`, "needle");
  expect(cut).toContain("[needle]");
  expect(cut.length).toBeLessThan(500);
  expect(cut.isWellFormed()).toBe(true);
});

it("H1: is linear in texts that are nothing but matches", () => {
  const texts = [
    "a ".repeat(32_000),
    "error\n".repeat(11_000),
    "犬".repeat(65_000),
    "a".repeat(65_000),
    "\u0301".repeat(65_000),
  ];
  for (const text of texts) {
    for (const typed of ["a", '"a a a a a a a b"', "error error", "犬", "a b c d e f g h"]) {
      expect(cutSnippet(text, readTerms(typed)).snippet.length).toBeLessThan(500);
    }
  }
});

it("marks parts of the snippet, in their order, whatever the text", () => {
  const part = fc.constantFrom("a", "b", "a b", "犬", "ß", " ", "\n", "é", "👩", "\ud800", "x".repeat(3_000));
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 200 }),
      fc.constantFrom("a", "a b", '"a b" 犬', "ss b", "e"),
      (parts, typed) => {
        const { snippet: cut, matches } = cutSnippet(parts.join(""), readTerms(typed));
        let last = 0;
        for (const [start, end] of matches) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(cut.length);
        expect(cut.length).toBeLessThan(500);
      },
    ),
  );
});
