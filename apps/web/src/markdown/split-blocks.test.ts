import { expect, it } from "vitest";
import { type Blocks, NO_BLOCKS, splitBlocks } from "./split-blocks.ts";

const TEXT = `# Title

A paragraph with a [link][home], over
two lines.

- one

- two
  with more

  \`\`\`sh
  ls
  \`\`\`

1. first
2. second

| a | b |
|---|---|
| 1 | 2 |

\`\`\`ts
const a = 1;

const b = 2;
\`\`\`

Setext
------

> quoted
lazily

[home]: https://example.com

The end.`;

it("cuts a text into blocks that make it up again", () => {
  const { blocks } = splitBlocks(TEXT);
  expect(blocks.join("")).toBe(TEXT);
  expect(blocks.length).toBeGreaterThan(8);
  expect(blocks).toContainEqual(expect.stringContaining("const b = 2;"));
});

it("gives the same blocks however the text grew", () => {
  for (const size of [1, 2, 3, 7, 50]) {
    let grown: Blocks = NO_BLOCKS;
    for (let length = size; length < TEXT.length + size; length += size) {
      grown = splitBlocks(TEXT.slice(0, length), grown);
    }
    expect(grown).toEqual(splitBlocks(TEXT));
  }
});

it("keeps the identity of what is finished", () => {
  const before = splitBlocks(TEXT);
  const after = splitBlocks(`${TEXT}\n\nAnd more.`, before);
  expect(after.blocks.slice(0, 5)).toEqual(before.blocks.slice(0, 5));
  expect(splitBlocks(TEXT, before)).toBe(before);
});

it("knows the link definitions of the whole text", () => {
  expect(splitBlocks(TEXT).definitions).toBe("[home]: https://example.com");
});

it("begins anew with another text", () => {
  expect(splitBlocks("Other\n\ntext", splitBlocks(TEXT)).blocks).toEqual(["Other\n\n", "text"]);
});

it("reads long texts piece by piece, and never cuts code", () => {
  const code = `\`\`\`ts\n${"const a = 1;\n\n".repeat(3_000)}\`\`\`\n`;
  const long = `${"A paragraph.\n\n".repeat(4_000)}${code}\n${"Another one.\n\n".repeat(4_000)}`;
  const { blocks } = splitBlocks(long);
  expect(blocks.join("")).toBe(long);
  expect(blocks.map((block) => block.trimEnd())).toContain(code.trimEnd());
});
