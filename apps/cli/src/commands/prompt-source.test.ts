import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { ReadStream } from "node:tty";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readPrompt } from "./prompt-source.ts";

let directory: string;
let file: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "trunkline-prompt-"));
  file = join(directory, "prompt.md");
  writeFileSync(file, "from the file\n");
});
afterAll(() => rmSync(directory, { recursive: true }));

const pipe = (): ReadStream => new PassThrough().end("from the pipe\n") as unknown as ReadStream;
const terminal = (): ReadStream => Object.assign(new PassThrough(), { isTTY: true }) as unknown as ReadStream;

it.each([
  { words: ["two", "words"], stdin: terminal, prompt: "two words" },
  { words: ["words"], stdin: pipe, prompt: "words" },
  { words: [], stdin: pipe, prompt: "from the pipe" },
  { words: ["-"], stdin: pipe, prompt: "from the pipe" },
  { words: ["review", "this:", "-"], stdin: pipe, prompt: "review this:\n\nfrom the pipe" },
])("$words", async ({ words, stdin, prompt }) => {
  expect(await readPrompt({ words, file: undefined, stdin: stdin() })).toBe(prompt);
});

it("takes a file alone, after words, before what is piped in", async () => {
  expect(await readPrompt({ words: [], file, stdin: pipe() })).toBe("from the file");
  expect(await readPrompt({ words: ["do", "-"], file, stdin: pipe() })).toBe(
    "do\n\nfrom the file\n\nfrom the pipe",
  );
});
