import { execFile } from "node:child_process";
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRepository } from "./private-repository.ts";
import { MAX_CHECKPOINT_FILE_BYTES, SessionRepository } from "./session-repository.ts";
import { bareGit } from "./testing/bare-git.ts";
import { referenceTree, userGit } from "./testing/reference-tree.ts";

const execute = promisify(execFile);

let directory: string;
let workspace: string;
let repository: string;
let files: SessionRepository;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "trunkline-checkpoints-"));
  workspace = join(directory, "workspace");
  repository = join(directory, "checkpoints");
  await mkdir(workspace);
  await createRepository(repository, []);
  files = new SessionRepository(bareGit, { repository, borrowed: [], workspace });
});
afterEach(async () => rm(directory, { recursive: true, force: true }));

const write = async (path: string, content: string | Buffer): Promise<void> => {
  await mkdir(join(workspace, path, ".."), { recursive: true });
  await writeFile(join(workspace, path), content);
};

const save = async (): Promise<{ tree: string; commit: string; omitted: string[] }> => {
  const { tree, commit, omitted } = await files.save(null, "test");
  if (commit === null) throw new Error("no commit");
  return { tree, commit, omitted };
};

/** A repository of somebody's inside the workspace. */
async function makeRepository(path: string, { commits }: { commits: boolean }): Promise<void> {
  const place = join(workspace, path);
  await mkdir(place, { recursive: true });
  await userGit(place, "init", "-q", "-b", "main");
  await writeFile(join(place, "inner.txt"), `of ${path}\n`);
  if (!commits) return;
  await userGit(place, "add", "-A");
  await userGit(place, "commit", "-q", "-m", "theirs");
}

/** Everything that a directory may hold and git has an opinion on. */
async function fillWorkspace(): Promise<void> {
  await write(".gitignore", "node_modules/\n*.log\n/build\n");
  await write(
    ".gitattributes",
    "*.txt text eol=crlf ident\n*.bin filter=evil\n*.enc working-tree-encoding=UTF-16\n",
  );
  await write("dos.txt", "one\r\ntwo\r\n");
  await write("unix.txt", "one\ntwo $Id$\n");
  await write("both.txt", "one\r\ntwo\n");
  await write("data.bin", Buffer.from([0, 1, 2, 255]));
  await write("text.enc", "plain\n");
  await write("run.sh", "#!/bin/sh\n");
  await chmod(join(workspace, "run.sh"), 0o755);
  await write("empty", "");
  for (const name of [
    "-rf",
    "two words",
    "new\nline",
    'quo"te',
    "back\\slash",
    "star*",
    ":(top)x",
    "ü",
    "git~1",
  ]) {
    await write(`names/${name}`, name);
  }
  await execute("bash", ["-c", String.raw`printf x > "$1/"$'names/caf\351'`, "bash", workspace]);
  await symlink("unix.txt", join(workspace, "link"));
  await symlink("/etc/passwd", join(workspace, "outside"));
  await symlink("nowhere", join(workspace, "dangling"));
  await write("deep/a/b/c/d", "deep\n");
  await write("node_modules/left-pad/index.js", "ignored\n");
  await write("debug.log", "ignored\n");
  await makeRepository("vendor/lib", { commits: true });
  await makeRepository("vendor/lib/inner/most", { commits: true });
  await makeRepository("fresh-repository", { commits: false });
  await write("worktree/.git", `gitdir: ${directory}/elsewhere/.git\n`);
  await write("worktree/file", "of a worktree\n");
  await execute("mkfifo", [join(workspace, "pipe")]);
}

describe("a session's checkpoints", () => {
  it("save every byte, mode, link and name, repositories inside the workspace too", async () => {
    await fillWorkspace();
    const { tree, omitted } = await save();
    expect(omitted).toEqual([]);
    expect(tree).toBe(await referenceTree(workspace));
    const listed = await userGit(repository, "--git-dir=.", "ls-tree", "-r", "--name-only", "-z", tree);
    expect(listed.split("\0")).toEqual(
      expect.arrayContaining(["vendor/lib/inner.txt", "vendor/lib/inner/most/inner.txt", "worktree/file"]),
    );
    expect(listed).not.toContain(".git/");
    // Nothing new: the same commit, whatever was touched without being changed.
    const again = await files.save(tree, "again");
    expect(again).toEqual({ tree, commit: null, omitted: [] });
  });

  it("restore exactly, whatever became of the files, and back; ignored files and repositories are untouched", async () => {
    await fillWorkspace();
    const before = await save();
    await write("debug.log", "still ignored\n");
    await write("unix.txt", "other\n");
    await chmod(join(workspace, "run.sh"), 0o644);
    await rm(join(workspace, "empty"));
    await rm(join(workspace, "deep"), { recursive: true });
    await writeFile(join(workspace, "deep"), "now a file\n");
    await rm(join(workspace, "dos.txt"));
    await write("dos.txt/inside", "now a directory\n");
    await rm(join(workspace, "link"));
    await writeFile(join(workspace, "link"), "now a file\n");
    await rm(join(workspace, "names"), { recursive: true });
    await symlink("/tmp", join(workspace, "names"));
    await rename(join(workspace, "both.txt"), join(workspace, "renamed.txt"));
    await write("vendor/lib/inner.txt", "changed\n");
    await write("vendor/lib/added.txt", "added\n");
    await write("fresh-repository/new", "new\n");
    await userGit(join(workspace, "fresh-repository"), "add", "-A");
    await rm(join(workspace, "data.bin"));
    await execute("mkfifo", [join(workspace, "data.bin")]);
    const head = await userGit(join(workspace, "vendor/lib"), "rev-parse", "HEAD");
    const after = await save();
    expect(after.tree).toBe(await referenceTree(workspace));

    expect(await files.restore(before.commit, after.commit)).toEqual([]);
    expect(await referenceTree(workspace)).toBe(before.tree);
    expect((await lstat(join(workspace, "run.sh"))).mode & 0o111).not.toBe(0);
    expect(await readlink(join(workspace, "outside"))).toBe("/etc/passwd");
    expect(await readFile(join(workspace, "dos.txt"), "utf8")).toBe("one\r\ntwo\r\n");
    expect(await readFile(join(workspace, "debug.log"), "utf8")).toBe("still ignored\n");
    expect(await readFile(join(workspace, "node_modules/left-pad/index.js"), "utf8")).toBe("ignored\n");
    expect(await userGit(join(workspace, "vendor/lib"), "rev-parse", "HEAD")).toBe(head);
    expect(await userGit(join(workspace, "vendor/lib"), "status", "--porcelain", "-uno")).toBe("");

    expect(await files.restore(after.commit, before.commit)).toEqual([]);
    expect(await referenceTree(workspace)).toBe(after.tree);
  });

  it("leave out files that are too large until they have shrunk, however sparse", async () => {
    await write("small", "small\n");
    await write("large[1] *.bin", "");
    await truncate(join(workspace, "large[1] *.bin"), MAX_CHECKPOINT_FILE_BYTES + 1);
    await write("line\nbreak", "");
    await truncate(join(workspace, "line\nbreak"), MAX_CHECKPOINT_FILE_BYTES + 1);
    const first = await save();
    expect(first.omitted.toSorted()).toEqual(["large[1] *.bin", "line\nbreak"]);
    expect(await userGit(repository, "--git-dir=.", "ls-tree", "--name-only", first.tree)).toBe("small\n");
    expect((await files.save(first.tree, "again")).commit).toBeNull();
    await truncate(join(workspace, "small"), MAX_CHECKPOINT_FILE_BYTES + 1);
    const second = await save();
    expect(second.tree).toBe("4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    // What no checkpoint has is not overwritten.
    expect(await files.restore(first.commit, second.commit)).toEqual(["small"]);
    await writeFile(join(workspace, "large[1] *.bin"), "small now\n");
    await rm(join(workspace, "small"));
    await rm(join(workspace, "line\nbreak"));
    const third = await save();
    expect(third.omitted).toEqual([]);
    expect(third.tree).toBe(await referenceTree(workspace));
  });

  it("are refused over ignored files that they would overwrite", async () => {
    await write("config", "tracked\n");
    await write("folder/file", "tracked\n");
    const first = await save();
    await write(".gitignore", "/config\n/folder\n");
    await rm(join(workspace, "config"));
    await rm(join(workspace, "folder"), { recursive: true });
    const second = await save();
    await write("config", "a secret that no checkpoint has\n");
    await write("folder", "another\n");
    const third = await save();
    expect(third.tree).toBe(second.tree);
    expect((await files.restore(first.commit, third.commit)).toSorted()).toEqual(["config", "folder"]);
    expect(await readFile(join(workspace, "config"), "utf8")).toBe("a secret that no checkpoint has\n");
  });

  it("go on from an index that a kill has broken, and from its locks", async () => {
    await write("a", "one\n");
    const first = await save();
    await writeFile(join(repository, "index.lock"), "half");
    await writeFile(join(repository, "index"), "half");
    await write("a", "two\n");
    const second = await save();
    expect(second.tree).toBe(await referenceTree(workspace));
    await writeFile(join(repository, "index.lock"), "half");
    await writeFile(join(repository, "index"), "half");
    expect(await files.restore(first.commit, null)).toEqual([]);
    expect(await readFile(join(workspace, "a"), "utf8")).toBe("one\n");
  });

  it("restore single paths: files, directories, and what was not there", async () => {
    await write("keep", "1\n");
    await write("src/a", "1\n");
    await write("src/b", "1\n");
    await write("gone", "1\n");
    const first = await save();
    await write("keep", "2\n");
    await write("src/a", "2\n");
    await write("src/new", "2\n");
    await rm(join(workspace, "gone"));
    await write("added", "2\n");
    const second = await save();
    const paths = ["src", "gone", "added"].map((path) => Buffer.from(path));
    const target = await files.target(second.commit, first.commit, "paths", paths);
    expect(target).not.toBeNull();
    await files.restore(target!.commit, second.commit);
    expect(await referenceTree(workspace)).toBe(target!.tree);
    const { stdout } = await execute("bash", ["-c", "grep -r . | sort"], { cwd: workspace });
    expect(stdout).toBe("gone:1\nkeep:2\nsrc/a:1\nsrc/b:1\n");
    expect(await files.target(second.commit, first.commit, "none", [Buffer.from("nowhere")])).toBeNull();
    // Not a pattern.
    expect(await files.target(second.commit, first.commit, "none", [Buffer.from("s*")])).toBeNull();
  });

  it("differ as `git diff` says: renames, modes, binary files, CRLF, names", async () => {
    const lines = Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join("");
    await write("old name.txt", lines);
    await write("mode.sh", "#!/bin/sh\n");
    await write("dos.txt", "one\r\ntwo\r\n");
    await write("bin", Buffer.from([0, 1, 2]));
    await write("gone", "gone\n");
    await write("type", "file\n");
    const first = await save();
    const theirs = join(directory, "theirs");
    await execute("cp", ["-a", workspace, theirs]);
    await userGit(theirs, "init", "-q");
    await userGit(theirs, "add", "-A");
    await userGit(theirs, "commit", "-q", "-m", "first");
    await rename(join(workspace, "old name.txt"), join(workspace, "new\tname.txt"));
    await writeFile(join(workspace, "new\tname.txt"), lines.replace("line 7\n", "line seven\n"));
    await chmod(join(workspace, "mode.sh"), 0o755);
    await write("dos.txt", "one\r\n2\r\n");
    await write("bin", Buffer.from([0, 1, 3]));
    await rm(join(workspace, "gone"));
    await rm(join(workspace, "type"));
    await symlink("bin", join(workspace, "type"));
    await write("added", "no newline");
    const second = await save();
    await execute("bash", [
      "-c",
      'find "$2" -mindepth 1 -not -path "*/.git*" -delete; cp -a "$1"/. "$2"',
      "bash",
      workspace,
      theirs,
    ]);
    await userGit(theirs, "add", "-A");
    const { diff, truncated } = await files.diff(first.commit, second.commit, []);
    expect(truncated).toBe(false);
    expect(diff).toBe(await userGit(theirs, "diff", "--cached", "-M", "HEAD"));
    expect(diff).toContain("+2\r\n");
    const one = await files.diff(
      first.commit,
      second.commit,
      ["old name.txt", "new\tname.txt"].map((name) => Buffer.from(name)),
    );
    expect(one.diff).toBe(
      await userGit(theirs, "diff", "--cached", "-M", "HEAD", "--", "old name.txt", "new\tname.txt"),
    );
    expect(one.diff).toContain("rename to");
    const { files: changed } = await files.changes(first.commit, second.commit);
    expect(
      changed.map(({ path, status, additions, deletions }) => [path, status, additions, deletions]),
    ).toEqual([
      ["added", "added", 1, 0],
      ["bin", "modified", null, null],
      ["dos.txt", "modified", 1, 1],
      ["gone", "deleted", 0, 1],
      ["mode.sh", "modified", 0, 0],
      ["new\tname.txt", "renamed", 1, 1],
      ["type", "type-changed", 1, 1],
    ]);
  });

  it("bound what they show of huge changes", async () => {
    const first = await save();
    await write("huge.txt", "a line of text\n".repeat(100_000));
    await execute("bash", ["-c", "mkdir many; for i in {1..2100}; do echo $i > many/$i; done"], {
      cwd: workspace,
    });
    const second = await save();
    const { diff, truncated } = await files.diff(first.commit, second.commit, [Buffer.from("huge.txt")]);
    expect(truncated).toBe(true);
    expect(diff.length).toBeLessThanOrEqual(524_288);
    expect(diff.endsWith("\n+a line of text\n")).toBe(true);
    const { files: changed, truncated: isMore } = await files.changes(first.commit, second.commit);
    expect([changed.length, isMore]).toEqual([2_000, true]);
    expect(changed[0]).toMatchObject({ path: "huge.txt", status: "added", additions: null });
  });

  it("are packed, and stay whole", async () => {
    const commits: string[] = [];
    for (let count = 0; count < 4; count++) {
      await write("a", `${count}\n`);
      commits.push((await save()).commit);
    }
    await files.tidy();
    const counts = await userGit(repository, "--git-dir=.", "count-objects", "-v");
    expect(counts).toContain("count: 0\n");
    expect((await files.changes(commits[0]!, commits[3]!)).files).toMatchObject([
      { path: "a", additions: 1 },
    ]);
  });
});

it("a commit that is gone is not found", async () => {
  const { commit } = await save();
  await expect(files.changes(commit, "1".repeat(40))).rejects.toMatchObject({ reason: "not_found" });
  await expect(files.diff("1".repeat(40), commit, [])).rejects.toMatchObject({ reason: "not_found" });
});
