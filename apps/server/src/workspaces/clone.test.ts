import { chmod, lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import { openTestGit, type TestGit } from "../git/testing/open-test-git.ts";
import { removeDirectory } from "../common/remove-directory.ts";
import { preparingPath, sparePath } from "../store/port.ts";
import { makeClone } from "./clone.ts";
import type { Base } from "./port.ts";
import { Spares } from "./spares.ts";
import { commitFiles, git, makeRepository } from "../git/testing/repositories.ts";

const SESSION = "01900000-0000-7000-8000-000000000001";

type Missing = Awaited<ReturnType<typeof makeClone>>["missing"];

interface CloneBench {
  bench: TestGit;
  source: string;
  mirror: string;
  workspace: string;
  preparing: string;
  /** Makes the clone, without counting; the base is the mirror's `main` unless a commit is given. */
  clone(options?: { signal?: AbortSignal; commit?: string; spares?: Spares }): Promise<Missing>;
  /** The base that a clone starts from. */
  base(): Promise<Base>;
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
  const base = async (): Promise<Base> => ({
    mirror,
    commit: await git(mirror, "rev-parse", "main"),
    ref: "main",
    origin: "https://example.com/a.git",
    fetched: { projectId: "p", commit: "", durationMs: 0 },
  });
  return {
    bench,
    source,
    mirror,
    workspace,
    preparing,
    base,
    async clone({ signal = new AbortController().signal, commit, spares } = {}) {
      const from = { ...(await base()), ...(commit !== undefined && { commit }) };
      const author = { name: "ada", email: "ada@users.trunkline.invalid" };
      const branch = "trunkline/fix-it-000001";
      const deps = { git: bench.git, removeDirectory };
      const takeSpare = async (path: string) => spares?.take("p", path) ?? false;
      const clone = { directory: workspace, preparing, base: from, branch, author, takeSpare };
      return (await makeClone(deps, clone, signal)).missing;
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

/** All that a session or its git could tell one clone from another by. */
async function describeClone(workspace: string): Promise<Record<string, string>> {
  return {
    files: await git(workspace, "ls-files", "--stage", "-t"),
    status: await git(workspace, "status", "--porcelain=v2", "--branch", "--ignored"),
    refs: await git(workspace, "for-each-ref", "--format=%(refname) %(objectname) %(symref)"),
    configuration: await git(workspace, "config", "--local", "--list"),
    // Git orders those of several references by their second; one without a message is last or not.
    reflog: (await git(workspace, "reflog", "--all", "--format=%gD %gs"))
      .split("\n")
      .map((line) => line.trimEnd())
      .toSorted()
      .join("\n"),
    modes: (
      await Promise.all(
        (await readdir(workspace, { recursive: true }))
          .filter((path) => !path.startsWith(".git/objects") && !path.startsWith(".git/index"))
          .toSorted()
          .map(async (path) => `${((await lstat(join(workspace, path))).mode & 0o7777).toString(8)} ${path}`),
      )
    ).join("\n"),
    shallow: await readFile(join(workspace, ".git", "shallow"), "utf8").catch(() => "none"),
    fsck: await git(workspace, "fsck", "--strict"),
  };
}

function openSpares({
  bench,
  ...options
}: {
  bench: TestGit;
  minFiles?: number;
  hasRoom?: () => Promise<boolean>;
}) {
  return new Spares({
    git: bench.git,
    removeDirectory,
    sharedDir: bench.dataDir,
    isAlone: true,
    hasRoom: async () => true,
    minFiles: 1,
    logger: pino({ level: "silent" }),
    ...options,
  });
}

test("a clone from a spare of an older base is the clone that would have been made without", async () => {
  await using opened = await openTestGit();
  const { source, mirror, workspace, base, clone } = await openBench(opened, {
    files: {
      "kept.txt": "kept\n",
      "changed.txt": "one\n",
      "removed.txt": "r\n",
      "place/file.txt": "f\n",
      "link-to-be": "plain\n",
      "run.sh": "#!/bin/sh\n",
      ".gitattributes": "*.crlf text eol=crlf\n",
      "a.crlf": "a\n",
    },
  });
  await git(source, "branch", "gone");
  await git(mirror, "fetch", "-q", "--prune", source, "+refs/*:refs/*");
  const spares = openSpares({ bench: opened });
  spares.refill("p", await base(), 8);
  await spares.settled();

  await git(source, "branch", "-D", "gone");
  await git(source, "branch", "feature/x");
  await git(source, "tag", "-a", "v1", "-m", "one");
  await git(source, "rm", "-q", "removed.txt", "place/file.txt", "link-to-be");
  await symlink("kept.txt", join(source, "link-to-be"));
  await chmod(join(source, "run.sh"), 0o755);
  await commitFiles(source, "second", {
    "changed.txt": "two\n",
    place: "now a file\n",
    "deep/er/new.txt": "n\n",
  });
  await git(mirror, "fetch", "-q", "--prune", source, "+refs/*:refs/*");

  expect(await clone({ spares })).toEqual({});
  const spared = await describeClone(workspace);
  await expect(stat(join(opened.dataDir, sparePath("p")))).rejects.toThrow("ENOENT");
  await rm(workspace, { recursive: true });
  expect(await clone()).toEqual({});
  expect(spared).toEqual(await describeClone(workspace));
  expect(spared["status"]).not.toContain("changed.txt");
});

test("a spare that cannot be used costs nothing but time", async () => {
  await using opened = await openTestGit();
  const { workspace, clone } = await openBench(opened);
  const spares = openSpares({ bench: opened });
  const place = join(opened.dataDir, sparePath("p"));
  const broken: [string, (directory: string) => Promise<unknown>][] = [
    ["no repository", async (directory) => writeFile(join(directory, ".git"), "gitdir: /nowhere\n")],
    ["of another format", async (directory) => git(directory, "init", "-q", "--object-format=sha256")],
    [
      "with an index that is cut off",
      async (directory) => {
        await git(directory, "init", "-q");
        await writeFile(join(directory, ".git", "index"), "DIRC");
      },
    ],
  ];
  for (const [what, breakIt] of broken) {
    await mkdir(place, { recursive: true });
    await breakIt(place);
    expect(await clone({ spares }), what).toEqual({});
    expect(await git(workspace, "status", "--porcelain", "--ignored"), what).toBe("");
    expect(await readdir(join(opened.dataDir, "workspaces", ".preparing")), what).toEqual([]);
    await rm(workspace, { recursive: true });
  }
});

test("one spare per project: not of few files, not on a full disk, none half made, and what kills left is removed", async () => {
  await using opened = await openTestGit();
  const { base } = await openBench(opened);
  const project = join(opened.dataDir, "projects", "p");
  const names = async () => (await readdir(project)).filter((name) => name !== "mirror.git");
  const none = [
    openSpares({ bench: opened, minFiles: 2 }),
    openSpares({ bench: opened, hasRoom: async () => false }),
  ];
  for (const spares of none) {
    spares.refill("p", await base(), 1);
    await spares.settled();
  }
  expect(await names()).toEqual([]);

  for (const left of [".spare-killed", ".removing-.spare-killed", ".removing-spare"]) {
    await mkdir(join(project, left, "half"), { recursive: true });
  }
  const spares = openSpares({ bench: opened });
  for (let time = 0; time < 3; time++) spares.refill("p", await base(), 1);
  await spares.settled();
  expect(await names()).toEqual(["spare"]);
  const { ino } = await stat(join(project, "spare"));
  spares.refill("p", await base(), 1);
  await spares.settled();
  expect((await stat(join(project, "spare"))).ino).toBe(ino);

  const taken = join(opened.dataDir, "taken");
  expect(await spares.take("p", taken)).toBe(true);
  expect(await spares.take("p", join(opened.dataDir, "second"))).toBe(false);
  spares.refill("p", await base(), 1);
  await spares.stop();
  expect(await names()).toEqual([]);
});
