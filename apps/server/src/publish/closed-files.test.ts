import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bwrap, NO_BWRAP } from "../tools/sandbox/testing/sandbox-bench.ts";
import { publishBenches } from "./testing/publish-bench.ts";

const openPublishBench = publishBenches();
const SIGNAL = new AbortController().signal;

test("what is closed to git is named instead of losing it", async ({ skip }) => {
  skip(bwrap === null, NO_BWRAP);
  await using bench = await openPublishBench();
  const { publisher, work } = bench;
  const remote = { url: `file://${bench.origin}`, protocol: "file" } as const;
  const target = { remote, redact: (text: string) => text, branch: "trunkline/fix", bases: ["main"] };
  const publish = async () => publisher.toRemote(work, target, SIGNAL);
  await bench.write("closed/inner/new.txt", "new\n");
  await bench.write("secret.txt", "secret\n");
  const place = (name: string): string => join(work.directory, name);
  const refusal = (name: string) => ({
    reason: "validation_failed",
    message: expect.stringContaining(`${name} can't be read`) as string,
  });
  await chmod(place("closed/inner"), 0);
  await expect(publish()).rejects.toMatchObject(refusal("closed/inner"));
  await expect(publisher.toPatch(work, SIGNAL)).rejects.toMatchObject(refusal("closed/inner"));
  await expect(publisher.toArchive(work, "trunkline/fix", SIGNAL)).rejects.toMatchObject(
    refusal("closed/inner"),
  );
  await chmod(place("closed/inner"), 0o700);
  await chmod(place("secret.txt"), 0);
  await expect(publish()).rejects.toMatchObject(refusal("secret.txt"));
  await chmod(place("secret.txt"), 0o600);
  const { commit } = await publish();
  expect(await bench.inOrigin("show", `${commit}:closed/inner/new.txt`)).toBe("new");
});
