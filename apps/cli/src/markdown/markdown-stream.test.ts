import { array, assert, constantFrom, property } from "fast-check";
import picocolors from "picocolors";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { MarkdownStream } from "./markdown-stream.ts";

const colors = picocolors.createColors(true);
const { bold, cyan, dim, italic, underline, strikethrough } = colors;

/** @returns each character with the codes in force: what is seen, however it was written. */
function cells(text: string): string[] {
  const opens: Record<number, number[]> = { 22: [1, 2], 23: [3], 24: [4], 29: [9], 39: [36] };
  let active = new Set<number>();
  // oxlint-disable-next-line no-control-regex
  return [...text.matchAll(/\u001b\[(\d+)m|[^]/g)].flatMap(([all, code]) => {
    if (code === undefined) return [`${all} ${[...active].toSorted((a, b) => a - b).join()}`];
    const closed = opens[Number(code)];
    active =
      closed === undefined ? active.union(new Set([Number(code)])) : active.difference(new Set(closed));
    return [];
  });
}

function set(pieces: readonly string[], width = Number.POSITIVE_INFINITY): string {
  const stream = new MarkdownStream(colors, width);
  return pieces.map((piece) => stream.write(piece)).join("") + stream.end();
}

it.each([
  ["**bold** and *it* and _it_", `${bold("bold")} and ${italic("it")} and ${italic("it")}`],
  ["`ls -la *.md` here", `${cyan("ls -la *.md")} here`],
  ["``a ` b``", cyan("a ` b")],
  ["**a `b` c**", bold(`a ${cyan("b")} c`)],
  ["~~gone~~", strikethrough("gone")],
  ["[docs](https://a.b/c) <x>", `${underline("docs")} ${dim("(https://a.b/c)")} <x>`],
  ["[https://a.b](https://a.b)", underline("https://a.b")],
  ["# Title", bold(underline("Title"))],
  ["### Part **two**", bold(`Part ${bold("two")}`)],
  ["- one\n  * two", `${dim("• ")}one\n  ${dim("• ")}two`],
  ["- [x] done\n- [ ] open", `${dim("☑ ")}done\n${dim("☐ ")}open`],
  ["1. one\n10) ten", `${dim("1. ")}one\n${dim("10) ")}ten`],
  ["> said `so`", `${dim("│ ")}${dim(`said ${cyan("so")}`)}`],
  ["a\n\n---\n\nb", `a\n\n${dim("───")}\n\nb`],
  ["```sh\nls **x**\n# no\n```\n**b**", `${dim("```sh")}\nls **x**\n# no\n${dim("```")}\n${bold("b")}`],
  ["````md\n```\n````", `${dim("````md")}\n\`\`\`\n${dim("````")}`],
])("sets %j", (markdown, expected) => {
  expect(cells(set([markdown]))).toEqual(cells(expected));
});

it.each([
  "2 * 3 * 4",
  "a ** b",
  "snake_case_name and __init__.py",
  "use **kwargs and *args",
  "`never closed",
  "*\n*",
  "[a] (b) [c",
  "1.5 and 3.",
  "-5 degrees",
  "#hashtag",
  "| a | b |\n| c | d |",
  "    indented",
  "wait!",
  "~5 ~ 6",
  "C:\\temp",
])("leaves alone what is no Markdown: %j", (text) => {
  expect(set([text])).toBe(text);
});

describe("while it streams", () => {
  it("prints at once what is decided", () => {
    const stream = new MarkdownStream(colors, Number.POSITIVE_INFINITY);
    expect(stream.write("Hel")).toBe("Hel");
    expect(stream.write("lo **wor")).toBe("lo ");
    expect(stream.write("ld** and")).toBe(`${bold("world")} and`);
    expect(stream.write(" more\n-")).toBe(" more\n");
    expect(stream.write(" item")).toBe(`${dim("• ")}item`);
    expect(stream.write("\n``")).toBe("\n");
    expect(stream.write("`\n")).toBe(`${dim("```")}\n`);
    expect(stream.write("code **x")).toBe("code **x");
    expect(stream.write("**\n```")).toBe("**\n");
    expect(stream.end()).toBe(dim("```"));
  });

  it("does not wait for ever for the end of a span", () => {
    const stream = new MarkdownStream(colors, Number.POSITIVE_INFINITY);
    const long = "word ".repeat(100);
    expect(stream.write(`**${long}`)).toBe(`**${long}`);
  });

  it("looks the same however it is cut, and loses nothing that is no mark", () => {
    const tokens = constantFrom(
      ..."ab1 \n*_`~#>-[]()!.\\".split(""),
      "**",
      "```",
      "\n```\n",
      "- ",
      "# ",
      "1. ",
      "[a](b)",
      "`c`",
      "**d**",
      "word",
    );
    assert(
      property(array(tokens, { maxLength: 40 }), (pieces) => {
        const whole = pieces.join("");
        expect(cells(set(pieces))).toEqual(cells(set([whole])));
        expect(cells(set(whole.split("")))).toEqual(cells(set([whole])));
        const letters = (text: string) => text.replaceAll(/[^abd1wor]/g, "");
        expect(letters(stripVTControlCharacters(set([whole])))).toBe(letters(whole));
        expect(set([whole]).split("\n")).toHaveLength(whole.split("\n").length);
      }),
      { numRuns: 3_000 },
    );
  });
});

it.each([
  ["one two three four five", "one two three\nfour five"],
  ["- one two three four", `${dim("• ")}one two three\n  four`],
  ["10. one two three", `${dim("10. ")}one two\n    three`],
  ["> one two three four", `${dim("│ ")}${dim("one two three")}\n${dim("│ ")}${dim("four")}`],
  ["## one two three four", `${bold("one two three")}\n${bold("four")}`],
  ["one **two three four** five", `one ${bold("two three\nfour")} five`],
  ["```\none two three four five\n```", `${dim("```")}\none two three four five\n${dim("```")}`],
  ["| one two | three four |", "| one two | three four |"],
])("breaks %j between words, in sixteen columns", (markdown, expected) => {
  for (const pieces of [[markdown], markdown.split("")]) {
    // A trailing space is invisible.
    // oxlint-disable-next-line no-control-regex
    const seen = set(pieces, 16).replaceAll(/ +((?:\u001b\[\d+m)*)\n/g, "$1\n");
    expect(cells(seen)).toEqual(cells(expected));
  }
});
