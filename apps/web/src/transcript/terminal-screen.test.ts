import { expect, it } from "vitest";
import { screenOf } from "./terminal-screen.ts";

const ESC = "\u001B";
const BEL = "\u0007";
const shown = (text: string): string => screenOf(text).lines.join("\n");

it.each([
  ["text without any", "plain <b>text</b>\n\ttab", "plain <b>text</b>\n        tab"],
  ["colours", `${ESC}[31mred${ESC}[0m!`, `${ESC}[31mred${ESC}[0m!`],
  ["several at once", `${ESC}[1;31mred${ESC}[m`, `${ESC}[1m${ESC}[31mred${ESC}[0m`],
  ["a wide colour among others", `${ESC}[1;38;5;8mgrey`, `${ESC}[1m${ESC}[38;5;8mgrey${ESC}[0m`],
  ["a true colour", `${ESC}[38;2;1;2;3;4mx`, `${ESC}[38;2;1;2;3m${ESC}[4mx${ESC}[0m`],
  ["colours over a line's end", `${ESC}[31ma\nb`, `${ESC}[31ma${ESC}[0m\n${ESC}[31mb${ESC}[0m`],
])("keeps %s", (_, text, expected) => {
  expect(shown(text)).toBe(expected);
});

it.each([
  ["hidden text is shown", `a${ESC}[8mcurl evil${ESC}[0m`, "acurl evil"],
  ["a window's title is dropped, and what follows it is not", `a${ESC}]0;title${BEL}b`, "ab"],
  ["a link is its text", `${ESC}]8;;https://evil.example/${ESC}\\name${ESC}]8;;${ESC}\\!`, "name!"],
  ["a title without an end takes nothing with it", `a${ESC}]0;title\nb`, "a0;title\nb"],
  ["a sequence that is none hides nothing", `a${ESC}[38;5;<svg>m b`, "avg>m b"],
  ["pictures are dropped", `a${ESC}Pq#0;2;0;0;0${ESC}\\b`, "ab"],
  ["other escapes are dropped", `a${ESC}(B${ESC}7${ESC}cb${ESC}`, "ab"],
  ["what is left of controls is dropped", "a\u0000\u0001\u007F\u0085b\u000C", "ab"],
])("%s", (_, text, expected) => {
  expect(shown(text)).toBe(expected);
});

it.each([
  ["a progress bar as it stood last", "Fetching\n 10%\r 50%\r100%\ndone\n", "Fetching\n100%\ndone"],
  ["Windows' line ends", "a\r\nb\r\n", "a\nb"],
  ["what was written before the cursor went back for good", "50%\r", "50%"],
  ["manual pages once", "N\bNA\bAM\bME\bE", "NAME"],
  ["a backspace takes a column, and no escape sequence", `a${ESC}[31mb\bc`, `a${ESC}[31mc${ESC}[0m`],
  ["lines that are drawn again", `one: 1\ntwo: 1\n${ESC}[2A\rone: 2\ntwo: 2\n`, "one: 2\ntwo: 2"],
  ["a line that is cleared to its end", `downloading\r${ESC}[Kdone`, "done"],
  ["a screen that is cleared", `old\nlines\n${ESC}[2J${ESC}[Hnew`, "new\n\n"],
  ["columns that are jumped to", `a${ESC}[10Gb`, "a        b"],
  ["accents that combine", "e\u0301\b\bo", "o"],
])("D6: shows %s", (_, text, expected) => {
  expect(shown(text).trimEnd()).toBe(expected.trimEnd());
});

it("D6: lines beyond the cursor's reach are as they came, those within it change", () => {
  const log = Array.from({ length: 200 }, (_, index) => `${ESC}[32m${index}${ESC}[0m ok\r\n`).join("");
  const { lines, isLossy } = screenOf(`${log}${ESC}[31mone\n${ESC}[2Atwo`);
  expect(lines.slice(0, 199)).toEqual(
    Array.from({ length: 199 }, (_, index) => `${ESC}[32m${index}${ESC}[0m ok`),
  );
  expect(lines.slice(199)).toEqual([`${ESC}[31mtwo${ESC}[0m ok`, `${ESC}[31mone${ESC}[0m`]);
  expect(isLossy).toBe(true);
});

it("D6: says whether something that was written is not to be seen any more", () => {
  expect(screenOf("a\nb").isLossy).toBe(false);
  expect(screenOf(" 10%\r100%").isLossy).toBe(true);
  expect(screenOf(`a${ESC}[2J`).isLossy).toBe(true);
});

/** Far above what any of them takes, far below what a quadratic parser would, in ms. */
const LIMIT_MS = 60_000;

it.each([
  ["titles without end", `${ESC}]0;`.repeat(50_000)],
  ["controls", "\u0001\u0002".repeat(100_000)],
  ["carriage returns", "x\r".repeat(100_000)],
  ["cursor moves", `${ESC}[999A${ESC}[999B${ESC}[999C`.repeat(20_000)],
  ["erasures", `${"x".repeat(50_000)}${`${ESC}[1K`.repeat(50_000)}`],
  ["cleared screens", `${"line\n".repeat(1_000)}${`${ESC}[2J${ESC}[Hx`.repeat(30_000)}`],
  ["colours", `${ESC}[1;31m`.repeat(100_000)],
  ["unfinished colours", `${ESC}[${"1;".repeat(200_000)}`],
  ["accents", "\u0301".repeat(200_000)],
])("H20: reads %s in no time", (_, text) => {
  const startedAt = performance.now();
  screenOf(text);
  expect(performance.now() - startedAt).toBeLessThan(LIMIT_MS);
});
