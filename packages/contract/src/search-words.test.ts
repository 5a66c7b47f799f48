import * as fc from "fast-check";
import { expect, it } from "vitest";
import { foldForSearch, placedSearchWords, searchWords } from "./search-words.ts";

/** Each line: spellings of the same text. */
const SAME = [
  ["Straße", "STRASSE", "straẞe", "ＳＴＲＡＳＳＥ"],
  ["café", "cafe\u0301", "CAFÉ", "cafe"],
  ["İstanbul", "istanbul", "ISTANBUL", "ıstanbul"],
  ["Привет", "ПРИВЕТ", "привет"],
  ["ёлка", "елка", "Е\u0308лка"],
  ["كِتَاب", "كتاب", "كتـــاب"],
  ["أحمد", "احمد"],
  ["שָׁלוֹם", "שלום"],
  ["테스트", "테스트".normalize("NFD")],
  ["ガ", "ｶﾞ", "カ\u3099"],
  ["ΟΔΟΣ", "οδος", "οδοσ"],
  ["ﬁle", "file", "ＦＩＬＥ"],
  ["Łódź", "lodz"],
  ["co\u00adop\ufeff", "coop"],
  ["می\u200cخواهم", "میخواهم"],
];

it.each(SAME)("D1: %s is found however it is written", (...ways) => {
  for (const way of ways) expect(foldForSearch(way)).toBe(foldForSearch(ways[0] as string));
});

it.each([
  ["カ", "ガ"],
  ["мой", "мои"],
  ["कि", "कु"],
  ["a b", "ab"],
  ["กา", "กี"],
])("D1: %s is not %s", (one, other) => {
  expect(foldForSearch(one)).not.toBe(foldForSearch(other));
});

it("makes a word of each character where a script has no spaces", () => {
  expect(searchWords("用SQLite修复「错误」, v2_final")).toEqual([
    "用",
    "sqlite",
    "修",
    "复",
    "错",
    "误",
    "v2",
    "final",
  ]);
});

/** Characters that fold differently, adjacent in any order. */
const tricky = fc
  .array(
    fc.constantFrom(
      ...Array.from(
        "aZßẞİıΣςéṩᾳﬁ½㎏ﷺ犬が가힣한ㅎㅏｶﾞﾡￂيیًـйи1_ -\n\u0301\u0306\u0323\u3099\u200b\u200d\u00ad\u115f\ufffd",
      ),
      "\ud800",
      "👩‍👩‍👧",
      "𝔄",
    ),
  )
  .map((parts) => parts.join(""));

it("folds what is folded no further, and word by word as a whole", () => {
  fc.assert(
    fc.property(fc.oneof(tricky, fc.string({ unit: "binary" })), (text) => {
      expect(foldForSearch(foldForSearch(text))).toBe(foldForSearch(text));
      const placed = [...placedSearchWords(text)];
      expect(placed.map(({ word }) => word)).toEqual(searchWords(text));
      for (const { start, end } of placed) {
        expect(start).toBeLessThan(end);
        expect(end).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 3_000 },
  );
});

it("every single character is folded once and for all", () => {
  const unstable: string[] = [];
  for (let code = 0; code < 0x11_0000; code++) {
    if (code >= 0xd8_00 && code < 0xe0_00) continue;
    const folded = foldForSearch(String.fromCodePoint(code));
    if (foldForSearch(folded) !== folded) unstable.push(`U+${code.toString(16)}`);
  }
  expect(unstable).toEqual([]);
});

it("H4: takes a text of a million characters of any script", () => {
  for (const text of ["a ", "犬", "ﷺ", "e\u0301", "각", "\u0301"]) {
    const words = searchWords(text.repeat(1_000_000 / text.length));
    expect(words.length).toBeLessThan(20_000_000);
  }
});
