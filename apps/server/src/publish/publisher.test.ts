import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bwrap, NO_BWRAP } from "../tools/sandbox/testing/sandbox-bench.ts";
import { git as gitAsUser } from "../git/testing/repositories.ts";
import { type PublishBench, publishBenches } from "./testing/publish-bench.ts";

const openPublishBench = publishBenches();
const openSha256Bench = publishBenches("sha256");

const SIGNAL = new AbortController().signal;

const redact = (text: string): string => text;

const publish = async ({ publisher, work, origin }: PublishBench, branch = "trunkline/fix") => {
  const remote = { url: `file://${origin}`, protocol: "file" } as const;
  return (await publisher.toRemote(work, { remote, redact, branch, bases: ["main"] }, SIGNAL)).commit;
};

describe("to a repository over file://", () => {
  test("uncommitted work becomes a commit of the user's with the session in a trailer", async () => {
    await using bench = await openPublishBench();
    await bench.write("add.ts", "export const add = (a: number, b: number) => a + b;\n");
    await bench.write("docs/new.md", "new\n");
    const commit = await publish(bench);
    expect(await bench.inOrigin("log", "-1", "--format=%H|%an|%ae|%cn|%B", "trunkline/fix")).toBe(
      `${commit}|Ada|ada@users.trunkline.invalid|Trunkline|Fix addition\n\nTrunkline-Session: ${bench.work.sessionId}`,
    );
    expect(await bench.inOrigin("diff", "--name-status", "main", "trunkline/fix")).toBe(
      "M\tadd.ts\nA\tdocs/new.md",
    );
    // The session's branch moved along; nothing is left to commit.
    expect(await bench.inWork("rev-parse", "trunkline/fix")).toBe(commit);
    expect(await bench.inWork("status", "--porcelain")).toBe("");
  });

  test("the agent's own commits keep their authors; the second publish adds to the first", async () => {
    await using bench = await openPublishBench();
    await bench.write("a.txt", "1\n");
    await bench.inWork("add", ".");
    await bench.inWork("commit", "-qm", "By the agent");
    const first = await publish(bench);
    await bench.write("a.txt", "2\n");
    const second = await publish(bench);
    expect(await bench.inOrigin("log", "--format=%s|%an", "main..trunkline/fix")).toBe(
      "Fix addition|Ada\nBy the agent|Ada",
    );
    expect(await bench.inOrigin("rev-parse", "trunkline/fix^")).toBe(first);
    // And again, with nothing new.
    expect(await publish(bench)).toBe(second);
  });

  test("work of very many files, named nowhere all at once", async () => {
    await using bench = await openPublishBench();
    const directory = join(...Array.from({ length: 12 }, () => "d".repeat(240)));
    await mkdir(join(bench.work.directory, directory), { recursive: true });
    const names = Array.from({ length: 2_000 }, (_, index) => `${index}`);
    for (const name of names) await writeFile(join(bench.work.directory, directory, name), name);
    await publish(bench);
    const listed = await bench.inOrigin("ls-tree", "--name-only", `trunkline/fix:${directory}`);
    expect(listed.split("\n")).toHaveLength(names.length);
  });

  test("a repository of git's other object format", async () => {
    await using bench = await openSha256Bench();
    await bench.write("a.txt", "1\n");
    const commit = await publish(bench);
    expect(commit).toMatch(/^[0-9a-f]{64}$/);
    await bench.write("a.txt", "2\n");
    expect(await bench.inOrigin("rev-parse", `${await publish(bench)}^`)).toBe(commit);
  });

  test("replaces what the session itself has pushed, when the agent rewrote it", async () => {
    await using bench = await openPublishBench();
    await bench.write("a.txt", "1\n");
    await publish(bench);
    await bench.inWork("commit", "-q", "--amend", "-m", "Rewritten");
    const commit = await publish(bench);
    expect(await bench.inOrigin("rev-parse", "trunkline/fix")).toBe(commit);
  });

  test("never replaces what somebody else has pushed", async () => {
    await using bench = await openPublishBench();
    await bench.write("a.txt", "1\n");
    await publish(bench);
    const theirs = await bench.test.directory("theirs");
    await gitAsUser(theirs, "clone", "-q", "-b", "trunkline/fix", bench.origin, ".");
    await gitAsUser(theirs, "commit", "-q", "--allow-empty", "-m", "By a colleague");
    await gitAsUser(theirs, "push", "-q");
    const before = await bench.inOrigin("rev-parse", "trunkline/fix");
    await bench.write("a.txt", "2\n");
    await expect(publish(bench)).rejects.toMatchObject({
      reason: "branch_moved",
      message: expect.stringContaining("Publish under another name"),
    });
    expect(await bench.inOrigin("rev-parse", "trunkline/fix")).toBe(before);
    await publish(bench, "trunkline/fix-2");
    // Once the session starts from those commits, it may go on.
    await bench.inWork("fetch", "-q", bench.origin, "trunkline/fix");
    await bench.inWork("merge", "-q", "--no-edit", "FETCH_HEAD");
    const commit = await publish(bench);
    expect(await bench.inOrigin("rev-parse", "trunkline/fix")).toBe(commit);
  });

  test("a branch that was there before the session", async () => {
    await using bench = await openPublishBench();
    const other = await bench.test.directory("other");
    await gitAsUser(other, "clone", "-q", bench.origin, ".");
    await gitAsUser(other, "commit", "-q", "--allow-empty", "-m", "Another's");
    await gitAsUser(other, "push", "-q", "origin", "HEAD:refs/heads/taken");
    await bench.write("a.txt", "1\n");
    await expect(publish(bench, "taken")).rejects.toMatchObject({ reason: "branch_moved" });
  });

  test.each(["main", "trunk"])("never to the branch that work is merged into: %s", async (base) => {
    await using bench = await openPublishBench();
    // The repository's default counts, even where the project names another.
    await bench.inOrigin("branch", "trunk", "main");
    await bench.inOrigin("symbolic-ref", "HEAD", "refs/heads/trunk");
    await bench.write("a.txt", "1\n");
    await expect(publish(bench, base)).rejects.toMatchObject({
      reason: "validation_failed",
      message: expect.stringContaining("merged into"),
    });
    expect(await bench.inOrigin("rev-parse", base)).toBe(bench.work.baseCommit);
  });

  test("nothing changed, nothing to publish", async () => {
    await using bench = await openPublishBench();
    await expect(publish(bench)).rejects.toThrow(/nothing to publish/);
  });

  test("the host refuses: its words", async () => {
    await using bench = await openPublishBench();
    const hook = join(bench.origin, "hooks", "pre-receive");
    await mkdir(join(bench.origin, "hooks"), { recursive: true });
    await writeFile(hook, "#!/bin/sh\necho 'no pushes on Fridays' >&2\nexit 1\n");
    await chmod(hook, 0o755);
    await bench.write("a.txt", "1\n");
    const outcome = await publish(bench).then(
      () => "pushed",
      (error: Error) => error.message,
    );
    // Where our settings reach the other end, its hooks are off: a bare directory of the operator's is no host.
    expect(outcome).toMatch(/no pushes on Fridays|pushed/);
  });

  test("killed after the push and before anybody heard: the next one finds it done", async () => {
    await using bench = await openPublishBench();
    await bench.write("a.txt", "1\n");
    const commit = await publish(bench);
    // Of a publish that died, only what is on the disk is left.
    await bench.inWork("commit", "-q", "--amend", "-m", "Rewritten meanwhile");
    const again = await publish(bench);
    expect(again).not.toBe(commit);
    expect(await bench.inOrigin("rev-parse", "trunkline/fix")).toBe(again);
  });

  test("killed with the index and the branch locked: the next one goes on", async () => {
    await using bench = await openPublishBench();
    await bench.write("a.txt", "1\n");
    const branch = await bench.inWork("symbolic-ref", "HEAD");
    for (const name of ["index", "HEAD", branch]) {
      await writeFile(join(bench.work.directory, ".git", `${name}.lock`), "");
    }
    const commit = await publish(bench);
    expect(await bench.inWork("rev-parse", "HEAD")).toBe(commit);
  });

  test("two at once", async () => {
    await using bench = await openPublishBench();
    await bench.write("a.txt", "1\n");
    const [one, two] = await Promise.all([publish(bench), publish(bench)]);
    expect(one).toBe(two);
  });
});

describe("a hostile workspace", () => {
  test("nothing that it names is run outside the sandbox, and nothing of it reaches the private repository", async ({
    skip,
  }) => {
    skip(bwrap === null, NO_BWRAP);
    await using bench = await openPublishBench();
    const outside = join(bench.test.dataDir, "outside");
    const run = `touch ${outside}`;
    const hooks = join(bench.work.directory, ".git", "hooks");
    await mkdir(hooks, { recursive: true });
    for (const name of [
      "pre-commit",
      "commit-msg",
      "pre-push",
      "reference-transaction",
      "post-index-change",
    ]) {
      await writeFile(join(hooks, name), `#!/bin/sh\n${run}-hook\n`);
      await chmod(join(hooks, name), 0o755);
    }
    const settings: Record<string, string> = {
      "core.fsmonitor": `${run}-fsmonitor`,
      "core.sshCommand": `${run}-ssh`,
      "core.hooksPath": hooks,
      "core.pager": `${run}-pager`,
      "credential.helper": `!${run}-helper`,
      "commit.gpgSign": "true",
      "push.gpgSign": "true",
      "gpg.program": `${run}-gpg`,
      "diff.external": `${run}-diff`,
      "filter.evil.clean": `${run}-filter; cat`,
      "filter.evil.required": "true",
      "url.ext::sh.insteadOf": `file://${bench.origin}`,
      "remote.origin.uploadpack": `${run}-upload`,
      "alias.push": `!${run}-alias`,
      "pack.packSizeLimit": "1",
    };
    for (const [key, value] of Object.entries(settings)) await bench.inWork("config", key, value);
    await bench.write(".gitattributes", "* filter=evil diff=evil\n");
    await bench.write("a.txt", "1\n");
    const commit = await publish(bench);
    expect(await bench.inOrigin("rev-parse", "trunkline/fix")).toBe(commit);
    expect((await readdir(bench.test.dataDir)).filter((name) => name.startsWith("outside"))).toEqual([]);
    const repository = join(bench.publications, `${bench.work.sessionId}.git`);
    expect(await readFile(join(repository, "config"), "utf8")).not.toContain("evil");
    expect((await readdir(repository)).filter((name) => name.startsWith("incoming-"))).toEqual([]);
  });

  test("objects that lead out of a checkout are refused", async () => {
    await using bench = await openPublishBench();
    const blob = await bench.inWork("hash-object", "-w", "add.ts");
    const { work } = bench;
    const tree = await gitAsUser(
      work.directory,
      "-c",
      "core.protectHFS=false",
      "-c",
      "core.protectNTFS=false",
      "write-tree",
    );
    const evil = await makeTree(work.directory, `100644 blob ${blob}\t.git\n`, tree);
    const commit = await bench.inWork("commit-tree", evil, "-p", "HEAD", "-m", "evil");
    await bench.inWork("update-ref", "HEAD", commit);
    await expect(publish(bench)).rejects.toThrow(/can't be published: hasDotgit/);
    expect(await bench.inOrigin("branch", "--list", "trunkline/*")).toBe("");
  });

  test("a nested repository is named instead of losing its files", async () => {
    await using bench = await openPublishBench();
    const nested = join(bench.work.directory, "vendor", "lib");
    await mkdir(nested, { recursive: true });
    await gitAsUser(nested, "init", "-q");
    await gitAsUser(nested, "commit", "-q", "--allow-empty", "-m", "x");
    await expect(publish(bench)).rejects.toThrow(/vendor\/lib is a git repository of its own/);
  });

  test("so is one without a commit, and one that the agent has committed a link to", async () => {
    await using bench = await openPublishBench();
    const nested = join(bench.work.directory, "frontend");
    await mkdir(nested);
    await writeFile(join(nested, "index.html"), "hello\n");
    await gitAsUser(nested, "init", "-q");
    const refused = /frontend is a git repository of its own/;
    await expect(publish(bench)).rejects.toThrow(refused);
    await gitAsUser(nested, "add", ".");
    await gitAsUser(nested, "commit", "-q", "-m", "x");
    await gitAsUser(bench.work.directory, "add", "frontend");
    await gitAsUser(bench.work.directory, "commit", "-q", "-m", "All of it");
    await expect(publish(bench)).rejects.toThrow(refused);
    expect(await bench.inOrigin("branch", "--list", "trunkline/*")).toBe("");
    // A submodule, whose commits are elsewhere.
    await bench.write(
      ".gitmodules",
      '[submodule "ui"]\n\tpath = frontend\n\turl = https://git.example/ui.git\n',
    );
    await publish(bench);
    expect(await bench.inOrigin("branch", "--list", "trunkline/*")).not.toBe("");
  });

  test("no repository any more, or a link to another", async ({ skip }) => {
    skip(bwrap === null, NO_BWRAP);
    await using bench = await openPublishBench();
    await bench.inWork("checkout", "-q", "--detach");
    const git = join(bench.work.directory, ".git");
    const { rename } = await import("node:fs/promises");
    await rename(git, join(bench.work.directory, "gone"));
    await expect(publish(bench)).rejects.toThrow(/no commits, or is no git repository/);
    const victim = await bench.test.directory("victim");
    await gitAsUser(victim, "init", "-q");
    await gitAsUser(victim, "commit", "-q", "--allow-empty", "-m", "secret");
    await symlink(join(victim, ".git"), git);
    await expect(publish(bench)).rejects.toThrow(/no commits, or is no git repository/);
  });
});

describe("as a patch", () => {
  const patchOf = async (bench: PublishBench) => {
    const { commit, write } = await bench.publisher.toPatch(bench.work, SIGNAL);
    const pieces: Buffer[] = [];
    await write((bytes) => void pieces.push(Buffer.from(bytes)));
    return { commit, text: Buffer.concat(pieces) };
  };

  test("changes nothing, and git am makes the same files of it", async () => {
    await using bench = await openPublishBench();
    await bench.write("a.txt", "1\n");
    await bench.inWork("add", ".");
    await bench.inWork("commit", "-qm", "By the agent");
    await bench.write("binary", "\u0000\u0001binary\u0000");
    await bench.write("b.txt", "no newline at the end");
    await bench.inWork("add", "b.txt");
    const state = async () => [
      await bench.inWork("status", "--porcelain"),
      await bench.inWork("rev-parse", "HEAD"),
      await bench.inWork("diff", "--cached"),
    ];
    const before = await state();
    const { commit, text } = await patchOf(bench);
    expect(await state()).toEqual(before);
    const clone = await bench.test.directory("clone");
    await gitAsUser(clone, "clone", "-q", bench.origin, ".");
    const file = join(bench.test.dataDir, "x.patch");
    await writeFile(file, text);
    await gitAsUser(clone, "am", "-q", file);
    expect(await gitAsUser(clone, "log", "--format=%s|%an", "origin/main..")).toBe(
      "Fix addition|Ada\nBy the agent|Ada",
    );
    const repository = join(bench.publications, `${bench.work.sessionId}.git`);
    expect(await gitAsUser(clone, "rev-parse", "HEAD^{tree}")).toBe(
      await gitAsUser(repository, "rev-parse", `${commit}^{tree}`),
    );
  });

  test.each([
    ["git apply", ["apply"]],
    ["git am", ["am", "-q"]],
  ])("brings nothing with %s that a commit's message says and no diff shows", async (_name, how) => {
    await using bench = await openPublishBench();
    await bench.write("a.txt", "1\n");
    await bench.inWork("add", ".");
    const hidden = [
      "diff --git a/evil b/evil",
      "new file mode 100755",
      "--- /dev/null",
      "+++ b/evil",
      "@@ -0,0 +1 @@",
      "+x",
    ];
    await bench.inWork("commit", "-qm", ["Harmless", "", ...hidden].join("\n"));
    const { text } = await patchOf(bench);
    const clone = await bench.test.directory("clone");
    await gitAsUser(clone, "clone", "-q", bench.origin, ".");
    const before = await readdir(clone);
    const file = join(bench.test.dataDir, "x.patch");
    await writeFile(file, text);
    await gitAsUser(clone, ...how, file);
    expect((await readdir(clone)).toSorted()).toEqual([...before, "a.txt"].toSorted());
  });

  test("merges are told as one commit", async () => {
    await using bench = await openPublishBench();
    for (const name of ["one", "two"]) {
      await bench.inWork("switch", "-qc", name, bench.work.baseCommit);
      await bench.write(`${name}.txt`, `${name}\n`);
      await bench.inWork("add", ".");
      await bench.inWork("commit", "-qm", name);
    }
    await bench.inWork("merge", "-q", "--no-edit", "one");
    const { text } = await patchOf(bench);
    expect(text.toString().match(/^Subject: /gm)).toHaveLength(1);
    expect(text.toString()).toContain("one.txt");
    expect(text.toString()).toContain("two.txt");
  });
});

describe("into a user's own repository", () => {
  const open = async () => {
    const bench = await openPublishBench();
    const directory = await bench.test.directory("mine");
    await gitAsUser(directory, "clone", "-q", bench.origin, ".");
    await writeFile(join(directory, "README.md"), "# Changed, not committed\n");
    await gitAsUser(directory, "tag", "v1");
    return { bench, directory };
  };

  const local = async ({ publisher, work }: PublishBench, directory: string, branch = "trunkline/fix") =>
    publisher.toDirectory(work, { directory, branch }, SIGNAL);

  test("a branch, and nothing else", async () => {
    const { bench, directory } = await open();
    await using _ = bench;
    const state = async () => [
      await gitAsUser(directory, "status", "--porcelain=v2", "--branch"),
      (await gitAsUser(directory, "for-each-ref")).replaceAll(/^.*refs\/heads\/trunkline\/.*\n/gm, ""),
      await gitAsUser(directory, "config", "--list", "--local"),
      (await readFile(join(directory, ".git", "index"))).toString("base64"),
      (await readdir(join(directory, ".git"))).filter((name) => name !== "objects"),
      await readFile(join(directory, "README.md"), "utf8"),
    ];
    const before = await state();
    await bench.write("a.txt", "1\n");
    const commit = await local(bench, directory);
    expect(await gitAsUser(directory, "rev-parse", "trunkline/fix")).toBe(commit);
    expect(await state()).toEqual(before);
    await gitAsUser(directory, "fsck", "--strict");
    await bench.write("a.txt", "2\n");
    expect(await gitAsUser(directory, "rev-parse", "trunkline/fix")).not.toBe(await local(bench, directory));
  });

  test("only below trunkline/, never what is checked out, never what somebody changed", async () => {
    const { bench, directory } = await open();
    await using _ = bench;
    await bench.write("a.txt", "1\n");
    await expect(local(bench, directory, "main")).rejects.toThrow(/below trunkline\//);
    await gitAsUser(directory, "branch", "trunkline");
    await expect(local(bench, directory)).rejects.toThrow(
      /^Your repository has a branch trunkline, so git can make no branch trunkline\/fix\. Rename that one/,
    );
    await gitAsUser(directory, "branch", "-D", "trunkline");
    await local(bench, directory);
    await gitAsUser(directory, "switch", "-q", "trunkline/fix");
    await bench.write("a.txt", "2\n");
    await expect(local(bench, directory)).rejects.toThrow(/is checked out in your repository/);
    await gitAsUser(directory, "commit", "-qam", "Mine");
    await gitAsUser(directory, "switch", "-q", "main");
    await expect(local(bench, directory)).rejects.toMatchObject({ reason: "branch_moved" });
  });
});

async function makeTree(directory: string, lines: string, base: string): Promise<string> {
  const { spawn } = await import("node:child_process");
  const listed = await gitAsUser(directory, "ls-tree", base);
  const child = spawn("git", ["mktree"], { cwd: directory, stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(`${listed}\n${lines}`);
  let out = "";
  for await (const piece of child.stdout) out += String(piece);
  return out.trim();
}
