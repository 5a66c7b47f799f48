import { expect, it } from "vitest";
import { readMarkdown } from "./bounded-lexer.ts";
import { splitBlocks } from "./split-blocks.ts";

/** Far above what any of them takes, far below what an unbounded parser would, in ms. */
const LIMIT_MS = 60_000;

it.each([
  ["underscores", "_a".repeat(50_000)],
  ["brackets", "[".repeat(100_000)],
  ["links", "[a](".repeat(25_000)],
  ["headings without end", "a\n-\n".repeat(20_000)],
  ["addresses", "a@".repeat(50_000)],
  ["nested quotes", `${">".repeat(5_000)} a`],
])("reads %s in no time", (_name, source) => {
  const startedAt = performance.now();
  const { blocks } = splitBlocks(source);
  for (const block of blocks) readMarkdown(block);
  expect(blocks.join("")).toBe(source);
  expect(performance.now() - startedAt).toBeLessThan(LIMIT_MS);
});

it("shows what it cannot read as it stands", () => {
  expect(readMarkdown(`${">".repeat(5_000)} a`)).toMatchObject([{ type: "html", block: true }]);
});
