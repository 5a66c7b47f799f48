import { expect, it } from "vitest";
import { keepColours } from "./terminal-controls.ts";

const ESC = "\u001B";
const BEL = "\u0007";

it.each([
  ["text without any", "plain <b>text</b>\n\ttab", "plain <b>text</b>\n\ttab"],
  ["colours", `${ESC}[31mred${ESC}[0m`, `${ESC}[31mred${ESC}[0m`],
  ["several at once", `${ESC}[1;31mred${ESC}[m`, `${ESC}[1m${ESC}[31mred${ESC}[0m`],
  ["a wide colour among others", `${ESC}[1;38;5;8mgrey`, `${ESC}[1m${ESC}[38;5;8mgrey`],
  ["a true colour", `${ESC}[38;2;1;2;3;4mx`, `${ESC}[38;2;1;2;3m${ESC}[4mx`],
])("keeps %s", (_, text, shown) => {
  expect(keepColours(text)).toBe(shown);
});

it.each([
  ["hidden text is shown", `a${ESC}[8mcurl evil${ESC}[0m`, `acurl evil${ESC}[0m`],
  ["a window's title is dropped, and what follows it is not", `a${ESC}]0;title${BEL}b`, "ab"],
  ["a link is its text", `${ESC}]8;;https://evil.example/${ESC}\\name${ESC}]8;;${ESC}\\!`, "name!"],
  ["a title without an end takes nothing with it", `a${ESC}]0;title\nb`, "a0;title\nb"],
  ["the cursor does not move", `a${ESC}[2J${ESC}[1;1H${ESC}[3Ab`, "ab"],
  ["a sequence that is none hides nothing", `a${ESC}[38;5;<svg>m b`, "avg>m b"],
  ["pictures are dropped", `a${ESC}Pq#0;2;0;0;0${ESC}\\b`, "ab"],
  ["other escapes are dropped", `a${ESC}(B${ESC}7${ESC}cb${ESC}`, "ab"],
  ["the eight-bit form is the same", "a\u009B31mred\u009B2Jb", `a${ESC}[31mredb`],
  ["manual pages print once", "N\u0008NA\u0008AME", "NAME"],
  ["what is left of controls is dropped", "a\u0000\u0001\u007F\u0085b\u000C", "ab"],
])("%s", (_, text, shown) => {
  expect(keepColours(text)).toBe(shown);
});
