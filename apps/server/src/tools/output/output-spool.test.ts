import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { TemporaryDirectory } from "../../store/testing/temporary-directory.ts";
import { findLines } from "../files/find-lines.ts";
import { OutputSpool } from "./output-spool.ts";

async function textOf(spool: OutputSpool): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of spool.read()) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}

it("keeps an output in a file once it is long, up to its limit, and leaves nothing behind", async () => {
  await using directory = await TemporaryDirectory.create();
  {
    await using spool = new OutputSpool(directory.path, { memoryBytes: 4, maxBytes: 10 });
    const lent = Buffer.from("abcd");
    await spool.push(lent);
    expect([spool.isWorthKeeping, await readdir(directory.path)]).toEqual([false, []]);
    lent.fill("-");
    await spool.push(Buffer.from("efgh"));
    expect(spool.isWorthKeeping).toBe(true);
    await spool.push(Buffer.from("ijkl"));
    await spool.push(Buffer.from("mnop"));
    expect([await textOf(spool), spool.bytes, spool.isCut]).toEqual(["abcdefghij", 10, true]);
  }
  expect(await readdir(directory.path)).toEqual([]);
});

it("costs a command nothing where it can't be written", async () => {
  await using directory = await TemporaryDirectory.create();
  await writeFile(join(directory.path, "file"), "");
  await using spool = new OutputSpool(join(directory.path, "file/inside"), { memoryBytes: 1, maxBytes: 10 });
  await spool.push(Buffer.from("abc"));
  await spool.push(Buffer.from("def"));
  expect(spool.isWorthKeeping).toBe(false);
});

it("lines that contain a text are found in any pieces, with their numbers, and bounded", async () => {
  const text = `one\ntwo needle\n${"x".repeat(70_000)}needle\nneedle ${"y".repeat(9_000)}\nlast needle`;
  const pieces = async function* (size: number) {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  const { signal } = new AbortController();
  const found = async (size: number, offset = 1, limit = 9) =>
    findLines(pieces(size), "needle", { offset, limit, signal });
  const whole = await found(1_000_000);
  expect(whole.lines.map((line) => line.slice(0, 12))).toEqual([
    "2\ttwo needle",
    "4\tneedle yyy",
    "5\tlast needl",
  ]);
  expect(whole.lines[1]).toHaveLength(2 + 2_000 + 4);
  expect(await found(1)).toEqual(whole);
  expect(await found(7, 3, 1)).toEqual({ lines: [whole.lines[1]], next: 5 });
});
