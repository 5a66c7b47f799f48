import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { openTestGit, type TestGit } from "../git/testing/open-test-git.ts";
import { removeDirectory } from "../services/remove-directory.ts";
import { preparingPath } from "../store/port.ts";
import { makeClone } from "./clone.ts";
import { commitFiles, git, makeRepository } from "../git/testing/repositories.ts";

const SESSION = "01900000-0000-7000-8000-000000000001";

interface CloneBench {
  bench: TestGit;
  source: string;
  mirror: string;
  workspace: string;
  preparing: string;
  /** Makes the clone; the base is the mirror's `main` unless a commit is given. */
  clone(options?: { signal?: AbortSignal; commit?: string }): ReturnType<typeof makeClone>;
}

async function openBench(
  bench: TestGit,
  {
    files = { "a.txt": "a\n" },
    mirror: options = ["--mirror"],
  }: { files?: Record<string, string>; mirror?: string[] } = {},
): Promise<CloneBench> {
  const source = join(bench.dataDir, "source");
  await makeRepository(source, files);
  const mirror = join(bench.dataDir, "projects", "p", "mirror.git");
  const workspace = join(bench.dataDir, "workspaces", SESSION);
  const preparing = join(bench.dataDir, preparingPath(SESSION));
  await mkdir(join(bench.dataDir, "workspaces"));
  const makeMirror = async (): Promise<void> => {
    await rm(mirror, { recursive: true, force: true });
    await git(bench.dataDir, "clone", "-q", "--bare", ...options, `file://${source}`, mirror);
  };
  await makeMirror();
  return {
    bench,
    source,
    mirror,
    workspace,
    preparing,
    async clone({ signal = new AbortController().signal, commit } = {}) {
      const base = {
        mirror,
        commit: commit ?? (await git(mirror, "rev-parse", "main")),
        ref: "main",
        origin: "https://example.com/a.git",
        fetched: { projectId: "p", commit: "", durationMs: 0 },
      };
      const author = { name: "ada", email: "ada@users.trunkline.invalid" };
      const branch = "trunkline/fix-it-000001";
      const deps = { git: bench.git, removeDirectory };
      return makeClone(deps, { directory: workspace, preparing, base, branch, author }, signal);
    },
  };
}

test("a clone is on a branch of its own, knows origin and user, and shares the mirror's objects", async () => {
  await using opened = await openTestGit();
  const { source, mirror, workspace, clone } = await openBench(opened, {
    files: { "a.txt": "a\n", "d/x.sh": "#!/bin/sh\n" },
  });
  await git(source, "tag", "-a", "v1", "-m", "one");
  await git(source, "branch", "feature/x");
  await symlink("/etc/passwd", join(source, "link"));
  const second = await commitFiles(source, "second", { "a.txt": "b\n" });
  await git(mirror, "fetch", "-q", source, "+refs/*:refs/*");
  expect(await clone()).toEqual({});
  expect(await git(workspace, "status", "--porcelain=v2", "--branch")).toBe(
    `# branch.oid ${second}\n# branch.head trunkline/fix-it-000001`,
  );
  expect(await git(workspace, "for-each-ref", "--format=%(refname) %(*objectname)")).toBe(
    [
      "refs/heads/trunkline/fix-it-000001 ",
      "refs/remotes/origin/HEAD ",
      "refs/remotes/origin/feature/x ",
      "refs/remotes/origin/main ",
      `refs/tags/v1 ${await git(source, "rev-parse", "v1^{}")}`,
    ].join("\n"),
  );
  expect(await git(workspace, "config", "remote.origin.url")).toBe("https://example.com/a.git");
  expect(await git(workspace, "log", "-1", "--format=%s")).toBe("second");
  expect(await git(workspace, "config", "user.email")).toBe("ada@users.trunkline.invalid");
  expect(await git(workspace, "count-objects", "-v")).toContain(`alternate: ${mirror}/objects`);
  expect(await git(workspace, "count-objects")).toBe("0 objects, 0 kilobytes");
  await git(workspace, "fsck", "--strict");
  const committed = await commitFiles(workspace, "mine", { "new.txt": "new\n" });
  expect(await git(workspace, "rev-parse", "HEAD")).toBe(committed);
  expect(await git(mirror, "cat-file", "-t", second)).toBe("commit");
  await expect(git(mirror, "cat-file", "-t", committed)).rejects.toThrow("could not get object info");
  expect(await readdir(join(opened.dataDir, "workspaces"))).toEqual([".preparing", SESSION]);
  expect(await readdir(join(opened.dataDir, "workspaces", ".preparing"))).toEqual([]);

  // Its commands' home is the workspace: what tools keep there is nobody's work.
  for (const path of [".npm/_cacache/x", ".cache/pip/x", "go/pkg/mod/x", "go/main.go"]) {
    await mkdir(join(workspace, dirname(path)), { recursive: true });
    await writeFile(join(workspace, path), "x");
  }
  expect(await git(workspace, "status", "--porcelain", "--untracked-files=all")).toBe("?? go/main.go");
});

test("a shallow repository, submodules and LFS: the clone works, and what is missing is said", async () => {
  await using opened = await openTestGit();
  const { source, mirror, workspace, clone } = await openBench(opened, {
    files: { "a.txt": "a\n", "assets/.gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n" },
    mirror: [],
  });
  const library = join(opened.dataDir, "library");
  await makeRepository(library, { "l.txt": "l\n" });
  await git(source, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "lib");
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n";
  await commitFiles(source, "second", { "assets/x.bin": pointer });
  await rm(mirror, { recursive: true });
  await git(opened.dataDir, "clone", "-q", "--bare", "--depth=1", `file://${source}`, mirror);
  expect(await clone()).toEqual({ shallow: true, submodules: "not-fetched", lfs: "pointers" });
  expect(await git(workspace, "log", "--format=%s")).toBe("second");
  expect(await git(workspace, "status", "--porcelain")).toBe("");
  expect(await readdir(join(workspace, "lib"))).toEqual([]);
  expect(await readFile(join(workspace, "assets", "x.bin"), "utf8")).toBe(pointer);
  await commitFiles(workspace, "third", { "b.txt": "b\n" });
  await git(workspace, "fsck");
});

test("a repository that lacks what it names is refused with what to do, and leaves nothing", async () => {
  await using opened = await openTestGit();
  const { source, mirror, clone } = await openBench(opened);
  await git(source, "config", "uploadpack.allowFilter", "true");
  await rm(mirror, { recursive: true });
  await git(opened.dataDir, "clone", "-q", "--bare", "--filter=blob:none", `file://${source}`, mirror);
  await expect(clone()).rejects.toMatchObject({
    name: "TrunklineError",
    reason: "workspace_failed",
    message: expect.stringMatching(/not complete .* partial clone/),
  });
  await expect(clone({ commit: "0".repeat(39) + "1" })).rejects.toMatchObject({ reason: "workspace_failed" });
  expect(await readdir(join(opened.dataDir, "workspaces"))).toEqual([".preparing"]);
  expect(await readdir(join(opened.dataDir, "workspaces", ".preparing"))).toEqual([]);
});

test("what a killed run left half is not used, and a canceled one leaves nothing", async () => {
  await using opened = await openTestGit();
  const { workspace, preparing, clone } = await openBench(opened);
  const left = join(preparing, "left");
  await mkdir(left, { recursive: true });
  await writeFile(join(left, "half"), "");
  await mkdir(workspace);
  await writeFile(join(workspace, "never-announced"), "");
  await clone();
  expect((await readdir(workspace)).toSorted()).toEqual([".git", "a.txt"]);

  const controller = new AbortController();
  const canceled = new Error("canceled");
  const sandboxed = opened.git.sandboxed.bind(opened.git);
  // Aborted once the clone is under way.
  (opened.git as { sandboxed: typeof sandboxed }).sandboxed = async (run) => {
    const done = sandboxed(run);
    controller.abort(canceled);
    return done;
  };
  await expect(clone({ signal: controller.signal })).rejects.toBe(canceled);
  // The clone from before is still there: only a new one takes its place.
  expect((await readdir(workspace)).toSorted()).toEqual([".git", "a.txt"]);
  expect(await readdir(join(opened.dataDir, "workspaces", ".preparing"))).toEqual([]);
});
