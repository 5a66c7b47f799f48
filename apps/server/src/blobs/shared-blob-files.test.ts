import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { openBlobFiles } from "./blob-files.ts";

let directory: TemporaryDirectory;
beforeEach(async () => {
  directory = await TemporaryDirectory.create();
});
afterEach(async () => directory[Symbol.asyncDispose]());

const openNode = async () => openBlobFiles(directory.path, true);
const HOURS = 3_600_000;

it("a node that starts leaves the uploads of others alone, but for those of nodes that died", async () => {
  const incoming = join(directory.path, "incoming");
  await mkdir(incoming);
  await writeFile(join(incoming, "dead"), "half");
  const yesterday = new Date(Date.now() - 25 * HOURS);
  await utimes(join(incoming, "dead"), yesterday, yesterday);
  const here = await openNode();
  expect(await readdir(incoming)).toEqual([]);
  const more = Promise.withResolvers<void>();
  async function* chunks(): AsyncGenerator<Buffer, void> {
    yield Buffer.from("one ");
    await openNode();
    more.resolve();
    yield Buffer.from("two");
  }
  await using file = await here.receive(chunks(), 100);
  await more.promise;
  await file.keep();
  expect(await text((await here.open(file.sha256))!)).toBe("one two");
});

it("what one node uploads while another removes it stays, and is removed once it is old", async () => {
  const [here, there] = [await openNode(), await openNode()];
  async function* chunks(): AsyncGenerator<Buffer, void> {
    yield Buffer.from("bytes");
  }
  await using first = await here.receive(chunks(), 100);
  await first.keep();
  const { sha256 } = first;
  const path = join(directory.path, sha256.slice(0, 2), sha256);
  const earlier = new Date(Date.now() - 2 * HOURS);
  await utimes(path, earlier, earlier);
  await using again = await here.receive(chunks(), 100);
  await again.keep();
  await there.remove(sha256);
  expect(await text((await here.open(sha256))!)).toBe("bytes");
  await utimes(path, earlier, earlier);
  await there.remove(sha256);
  expect(await here.open(sha256)).toBeUndefined();
  await there.remove(sha256);
});
