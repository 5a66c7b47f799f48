import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openTestGit } from "../git/testing/open-test-git.ts";
import { commitFiles, git, makeRepository } from "../git/testing/repositories.ts";
import { repackMirrors } from "./repack-mirrors.ts";

test("one pack is made of those of many fetches, and a clone still finds what no branch has any more", async () => {
  await using opened = await openTestGit();
  const { dataDir } = opened;
  const source = join(dataDir, "source");
  const mirror = join(dataDir, "projects", "p", "mirror.git");
  await makeRepository(source, { "a.txt": "a\n" });
  await git(dataDir, "clone", "-q", "--mirror", `file://${source}`, mirror);
  const fetch = async (): Promise<string> =>
    git(
      mirror,
      "-c",
      "fetch.unpackLimit=1",
      "fetch",
      "-q",
      "--force",
      "origin",
      "+refs/heads/*:refs/heads/*",
    );
  const packs = async (): Promise<string[]> =>
    (await readdir(join(mirror, "objects", "pack"))).filter((name) => !/\.(?:idx|rev)$/.test(name));

  await commitFiles(source, "borrowed", { "b.txt": "b\n" });
  await fetch();
  const clone = join(dataDir, "workspaces", "s");
  await git(dataDir, "clone", "-q", "--shared", mirror, clone);
  // Somebody rewrites the branch.
  await git(source, "reset", "-q", "--hard", "HEAD^");
  await commitFiles(source, "other", { "c.txt": "c\n" });
  await fetch();
  // As a run leaves it that was killed; and another project, of which there is one pack.
  const before = await packs();
  await writeFile(join(mirror, "objects", "pack", "tmp_pack_left"), "x".repeat(10_000));
  await git(
    dataDir,
    "clone",
    "-q",
    "--mirror",
    `file://${source}`,
    join(dataDir, "projects", "q", "mirror.git"),
  );
  await mkdir(join(dataDir, "projects", "never-fetched"));

  const done = await repackMirrors(opened.git, dataDir);
  expect(done).toMatchObject({ count: 1, skipped: [] });
  expect(done.after).toBeLessThan(done.before);
  expect(before.length).toBeGreaterThan(1);
  expect(await packs()).toHaveLength(1);
  expect(opened.records).toEqual([]);
  await git(clone, "fsck", "--strict");
  expect(await git(clone, "log", "--format=%s")).toBe("borrowed\nfirst");
  expect(await repackMirrors(opened.git, dataDir)).toMatchObject({ count: 0, before: done.after });

  // What cannot be repacked is as it was, and named.
  const pack = join(mirror, "objects", "pack", (await packs())[0]!);
  await commitFiles(source, "more", { "d.txt": "d\n" });
  await fetch();
  await rm(pack);
  await writeFile(pack, "damaged");
  expect((await repackMirrors(opened.git, dataDir)).skipped).toEqual([
    expect.stringMatching(/^p: git repack failed/),
  ]);
});
