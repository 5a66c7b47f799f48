import { chmod, mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { TemporaryDirectory } from "../../store/testing/temporary-directory.ts";
import { removeLeftDirectories } from "./short-lived-directory.ts";

it("what killed servers left is removed; what may be in use, or is not ours, stays", async () => {
  await using parent = await TemporaryDirectory.create();
  const now = Date.now();
  const make = async (name: string, ageMs: number) => {
    await mkdir(parent.join(name));
    await writeFile(join(parent.join(name), "input"), "a secret");
    await utimes(parent.join(name), (now - ageMs) / 1_000, (now - ageMs) / 1_000);
  };
  await make("trunkline-pipe-aaaaaa", 7_200_000);
  await make("trunkline-input-bbbbbb", 7_200_000);
  await make("trunkline-input-cccccc", 60_000);
  await make("trunkline-pipes", 7_200_000);
  await make("other-pipe-dddddd", 7_200_000);
  await chmod(parent.join("trunkline-pipe-aaaaaa"), 0o700);
  await removeLeftDirectories(now, parent.path);
  expect((await readdir(parent.path)).toSorted()).toEqual([
    "other-pipe-dddddd",
    "trunkline-input-cccccc",
    "trunkline-pipes",
  ]);
});
