import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import type { ReadStream } from "node:tty";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
const notify = (message: string): void => expect.fail(message);
const terminal = (): ReadStream => Object.assign(new PassThrough(), { isTTY: true }) as unknown as ReadStream;

it.each([
  { words: ["two", "words"], stdin: terminal, prompt: "two words" },
  {
    words: ["B6:", "words", "and", "a", "pipe"],
    stdin: pipe,
    prompt: "B6: words and a pipe\n\nfrom the pipe",
  },
  { words: [], stdin: pipe, prompt: "from the pipe" },
  { words: ["-"], stdin: pipe, prompt: "from the pipe" },
  { words: ["review", "this:", "-"], stdin: pipe, prompt: "review this:\n\nfrom the pipe" },
])("$words", async ({ words, stdin, prompt }) => {
  expect(await readPrompt({ words, file: undefined, stdin: stdin(), notify })).toBe(prompt);
});

it("takes a file after words, before what is piped in", async () => {
  expect(await readPrompt({ words: [], file, stdin: terminal(), notify })).toBe("from the file");
  expect(await readPrompt({ words: ["do", "-"], file, stdin: pipe(), notify })).toBe(
    "do\n\nfrom the file\n\nfrom the pipe",
  );
});

describe("B6: a pipe that nobody writes to", () => {
  it("is not waited for, and that is said", async () => {
    const said: string[] = [];
    const idle = new PassThrough() as unknown as ReadStream;
    const source = { words: ["words"], file: undefined, stdin: idle };
    expect(await readPrompt({ ...source, notify: (message) => void said.push(message) })).toBe("words");
    expect(said).toEqual([expect.stringContaining("Nothing was piped in")]);
  });

  it("is waited for where the words say so", async () => {
    const slow = new PassThrough();
    const reading = readPrompt({
      words: ["words", "-"],
      file: undefined,
      stdin: slow as unknown as ReadStream,
      notify,
    });
    slow.end("at last");
    expect(await reading).toBe("words\n\nat last");
  });
});

describe("F6: what is no prompt is refused", () => {
  const piped = (bytes: Uint8Array): ReadStream => new PassThrough().end(bytes) as unknown as ReadStream;

  it.each([
    ["bytes that are no UTF-8", new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff])],
    ["a NUL", new Uint8Array([0x61, 0, 0x62])],
  ])("%s", async (_, bytes) => {
    await expect(
      readPrompt({ words: ["look:"], file: undefined, stdin: piped(bytes), notify }),
    ).rejects.toThrow("is not text (UTF-8)");
    writeFileSync(join(directory, "binary"), bytes);
    const source = { words: [], file: join(directory, "binary"), stdin: terminal() };
    await expect(readPrompt({ ...source, notify })).rejects.toThrow("is not text (UTF-8)");
  });

  it("an endless pipe, before it has filled the memory", async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield "y\n".repeat(10_000);
      })(),
    );
    const source = { words: ["-"], file: undefined, stdin: endless as unknown as ReadStream };
    await expect(readPrompt({ ...source, notify })).rejects.toThrow("is too long: the limit is 200,000");
  });

  it("a directory, in words", async () => {
    const source = { words: [], file: directory, stdin: terminal() };
    await expect(readPrompt({ ...source, notify })).rejects.toThrow(
      `Can't read ${directory}: it is a directory.`,
    );
  });
});
