import picocolors from "picocolors";
import { describe, expect, it } from "vitest";
import { MarkdownStream } from "../markdown/markdown-stream.ts";
import { codeBlock } from "../session-document/markdown-code.ts";
import { TextBlock } from "../transcript/text-block.ts";
import { fit } from "./fit.ts";
import { oneLine, plainText } from "./plain-text.ts";
import { screenLines } from "./screen-lines.ts";
import { visibleLines } from "./visible-text.ts";

const LENGTH = 400_000;
const UNITS = [
  ...Array.from("*_~`[!\\>-#|\r\n\t\b \u0301\u200b\u202e日"),
  "\u001b]0;",
  "\u001b[",
  "\u001b[1;",
  "\u001bP",
  "\u009d",
  "\u001b[1K",
  "\u001b[999C",
  "\u001b[A",
  "a\r",
  "a\b",
  "**a ",
  "_a ",
  "~~a",
  "`a",
  "``` `",
  "[a](",
  "> ",
  "| ",
  "word ",
  "\ud800",
];

const colors = picocolors.createColors(true);

function setMarkdown(text: string, size: number): number {
  const [stream, block] = [new MarkdownStream(colors, 80), new TextBlock()];
  let length = 0;
  for (let at = 0; at < text.length; at += size)
    length += stream.write(block.add(text.slice(at, at + size))).length;
  return length + stream.end().length;
}

/** Quadratic code takes minutes for this; the time-out ends it. */
describe.each(UNITS)("H20: 400,000 characters of %j take no time", { timeout: 60_000 }, (unit) => {
  const text = `${unit.repeat(LENGTH / unit.length)}x`;

  it("made plain, on one line, on a screen, cut, visible, fenced", () => {
    expect(plainText(text).length).toBeLessThanOrEqual(text.length);
    expect(fit(oneLine(text), 80).length).toBeLessThan(80 * 17);
    const lines = screenLines(text).map((line) => fit(line, 80));
    expect(lines.length).toBeLessThanOrEqual(LENGTH + 1);
    expect(visibleLines(text, (escape) => escape).length).toBeGreaterThan(0);
    expect(codeBlock(screenLines(text)).endsWith("```")).toBe(true);
  });

  it("as an answer, whole and in small pieces", () => {
    expect(setMarkdown(text.slice(0, LENGTH / 4), LENGTH)).toBeGreaterThanOrEqual(0);
    expect(setMarkdown(text.slice(0, LENGTH / 10), 20)).toBeGreaterThanOrEqual(0);
  });
});

describe("H20: control sequences", () => {
  it.each([
    ["\u001b]0;title\u0007after", "after"],
    ["\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["\u001b]52;c;never ended", "52;c;never ended"],
    ["\u001b[38;5;1mred\u001b[0m \u009b1Aup", "red up"],
    ["\u001b(Bascii \u001bcreset", "ascii reset"],
    ["\u001bPq#0\u001b\\sixel", "sixel"],
    ["a\u200e\u202eb\u2066", "ab"],
  ])("%j is shown as %j", (text, shown) => {
    expect(plainText(text)).toBe(shown);
  });
});

describe("D6: a tool's output is shown as a screen would have it in the end", () => {
  it.each([
    ["10%\r20%\r100%\n", ["100%"]],
    ["long line\rshort", ["shortline"]],
    ["wait |\b/\b-\bdone\n", ["wait done"]],
    ["\u001b[31mred\u001b[0m\b\b!!\n", ["r!!"]],
    ["50%\r\u001b[Kdone\n", ["done"]],
    ["one\ntwo\n\u001b[2A\u001b[2Kuno\n", ["uno", "two"]],
    ["a\u001b[3Cb", ["a   b"]],
    ["a\r\nb\r\n\r\n", ["a", "b"]],
  ])("%j: %j", (output, lines) => {
    expect(screenLines(output)).toEqual(lines);
  });
});

describe("A2: visible text", () => {
  it.each([
    ["ls\nrm -rf /", ["ls", "rm -rf /"]],
    ["echo \u001b[8mhidden", [String.raw`echo \u{1b}[8mhidden`]],
    ["a\tb\rc", [String.raw`a\tb\rc`]],
    [
      "x\u202ey\u200bz\u00a0\u2028\u{e0041}\u3164",
      [String.raw`x\u{202e}y\u{200b}z\u{a0}\u{2028}\u{e0041}\u{3164}`],
    ],
    ["\ud800", [String.raw`\u{d800}`]],
    ["naïve 日本 🎉", ["naïve 日本 🎉"]],
  ])("%j: %j", (text, lines) => {
    expect(visibleLines(text, (escape) => escape)).toEqual(lines);
  });
});
