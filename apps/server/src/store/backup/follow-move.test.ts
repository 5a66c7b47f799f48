import { execFileSync } from "node:child_process";
import { mkdir, readFile, rename, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import { git, makeRepository } from "../../git/testing/repositories.ts";
import { followMove } from "./follow-move.ts";
import { asOrdinaryUser } from "../testing/as-ordinary-user.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";

test("a moved directory's repositories borrow from the mirror that moved with them", async () => {
  await using temporary = await TemporaryDirectory.create();
  const [before, after] = [temporary.join("before"), temporary.join("somewhere", "else")];
  await makeRepository(temporary.join("source"), { "a.txt": "a\n" });
  const mirror = join(before, "projects", "p", "mirror.git");
  await git(temporary.path, "clone", "-q", "--mirror", temporary.join("source"), mirror);
  await git(before, "clone", "-q", "--shared", mirror, join(before, "workspaces", "s"));
  for (const repository of ["checkpoints/s", "publications/s.git"]) {
    await git(before, "clone", "-q", "--bare", "--shared", mirror, join(before, repository));
  }
  const logger = pino({ level: "silent" });
  await followMove(before, logger);
  await mkdir(temporary.join("somewhere"));
  await rename(before, after);
  const repositories = ["workspaces/s", "checkpoints/s", "publications/s.git"].map((path) =>
    join(after, path),
  );
  for (const repository of repositories) await expect(git(repository, "log")).rejects.toThrow("bad object");

  // Also one that its agent has bent: nothing is written through it.
  const outside = temporary.join("outside");
  await mkdir(outside);
  await writeFile(join(outside, "alternates"), `${mirror}/objects\n`);
  await mkdir(join(after, "workspaces", "bent", ".git", "objects"), { recursive: true });
  await symlink(outside, join(after, "workspaces", "bent", ".git", "objects", "info"));

  await followMove(after, logger);
  for (const repository of repositories) await git(repository, "fsck", "--strict");
  expect(await readFile(join(outside, "alternates"), "utf8")).toBe(`${mirror}/objects\n`);
});

test("what a session has closed of its own keeps neither it nor the others from borrowing", async () => {
  await using temporary = await TemporaryDirectory.create();
  const [before, after] = [temporary.join("before"), temporary.join("after")];
  await makeRepository(temporary.join("source"), { "a.txt": "a\n" });
  const mirror = join(before, "projects", "p", "mirror.git");
  await git(temporary.path, "clone", "-q", "--mirror", temporary.join("source"), mirror);
  const workspaces = ["a", "b", "c", "d", "e"].map((name) => `workspaces/${name}`);
  const repositories = [...workspaces, "checkpoints/s", "publications/s.git"];
  for (const repository of repositories)
    await git(before, "clone", "-q", "--shared", mirror, join(before, repository));
  for (const bare of repositories.slice(-2)) {
    await rename(join(before, bare, ".git"), join(before, "moved"));
    await rename(join(before, bare), join(before, "empty"));
    await rename(join(before, "moved"), join(before, bare));
    execFileSync("rm", ["-r", join(before, "empty")]);
  }
  await rename(before, after);
  const info = join(after, "workspaces", "a", ".git", "objects", "info");
  execFileSync("chmod", ["000", join(info, "alternates")]);
  execFileSync("chmod", ["555", info]);
  const shut = ["c", "d/.git", "e/.git/objects"].map((path) => join(after, "workspaces", path));
  execFileSync("chmod", ["000", ...shut]);

  const module = new URL("redirect-borrowing.ts", import.meta.url);
  asOrdinaryUser(temporary.path, module, "redirectBorrowing", after, after);
  expect((await stat(info)).mode & 0o777).toBe(0o555);
  for (const path of shut) expect((await stat(path)).mode & 0o777).toBe(0);
  execFileSync("chown", ["-R", String(process.getuid?.()), temporary.path]);
  for (const repository of repositories) await git(join(after, repository), "fsck", "--strict");
});
