import { readFile } from "node:fs/promises";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { WrittenFile } from "./written-file.ts";

it("has what was written, in order, however much at once", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("file");
  await using file = new WrittenFile(path);
  const pieces = Array.from({ length: 100 }, (_, index) => `${index}`.repeat(10_000));
  await Promise.all(pieces.map(async (piece) => file.write(piece)));
  await file.end();
  expect(await readFile(path, "utf8")).toBe(pieces.join(""));
});

it("tells a full disk to who writes and to who ends it, and to nobody else", async () => {
  await using file = new WrittenFile("/dev/full", { flags: "w", flush: false });
  // Little enough to be taken, so that it fails while nobody waits for it.
  await file.write("x");
  for (let turns = 0; turns < 50; turns++) await turn();
  await expect(file.write("y".repeat(1_000_000))).rejects.toMatchObject({ code: "ENOSPC" });
  await expect(file.end()).rejects.toMatchObject({ code: "ENOSPC" });
});

it("does not write over a file", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("file");
  await using first = new WrittenFile(path);
  await first.end();
  await using second = new WrittenFile(path);
  await expect(second.end()).rejects.toMatchObject({ code: "EEXIST" });
});
