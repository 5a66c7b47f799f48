import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { RevertJournal } from "./revert-journal.ts";

it("is read by a node of an earlier version, which takes the session over and completes the revert", async () => {
  await using directory = await TemporaryDirectory.create();
  const entry = { nodeId: "n", commit: "c", tree: "t", toSeq: 4, paths: ["a"], by: "ada" };
  const journal = new RevertJournal(directory.path);
  await writeFile(join(directory.path, "revert.json"), JSON.stringify({ ...entry, ofLaterVersion: true }));
  expect(await journal.read()).toEqual(entry);
  await journal.remove();
  expect(await journal.read()).toBeNull();
});
