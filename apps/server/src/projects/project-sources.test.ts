import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { auditRecord } from "../store/testing/audit-record.ts";
import { openSources } from "./testing/open-sources.ts";
import { commitFiles, git, makeRepository, stateOf } from "../git/testing/repositories.ts";

const KINDS = ["directory", "file"] as const;
const sourceOf = (kind: (typeof KINDS)[number], path: string) =>
  kind === "directory" ? ({ kind, path } as const) : ({ kind: "git", url: `file://${path}` } as const);

test.each(KINDS)(
  "%s: a mirror has branches and tags, follows the source, and leaves it byte for byte",
  async (kind) => {
    await using opened = await openSources();
    const { root, store } = opened;
    const source = join(root, "a");
    const first = await makeRepository(source, { "a.txt": "a\n" });
    await git(source, "tag", "-a", "v1", "-m", "one");
    await git(source, "branch", "feature/ü-x");
    const before = await stateOf(source);
    const { id } = await opened.project(sourceOf(kind, source));
    const base = await opened.fetch(id);
    expect(base).toMatchObject({
      commit: first,
      ref: "main",
      origin: `file://${source}`,
      fetched: { commit: first },
    });
    expect(base.fetched.offline).toBeUndefined();
    expect(await opened.fetch(id, { baseRef: "v1" })).toMatchObject({ commit: first, ref: "v1" });
    expect(await opened.fetch(id, { baseRef: first.slice(0, 10) })).toMatchObject({ commit: first });
    await git(base.mirror, "fsck", "--strict", "--connectivity-only");
    expect(await stateOf(source)).toBe(before);
    expect((await store.projects.find(id))?.lastFetch).toMatchObject({ commit: first, error: null });

    // Deleted and moved refs, and one in the place of a directory of others.
    await git(source, "branch", "-D", "feature/ü-x");
    await git(source, "branch", "feature");
    await git(source, "commit", "-q", "--amend", "-m", "instead");
    const second = await commitFiles(source, "second", { "b.txt": "b\n" });
    const again = await opened.fetch(id);
    expect(again.commit).toBe(second);
    expect((await git(again.mirror, "for-each-ref", "--format=%(refname)")).split("\n")).toEqual([
      "refs/heads/feature",
      "refs/heads/main",
      "refs/tags/v1",
    ]);
    // What clones may borrow stays.
    expect(await git(again.mirror, "cat-file", "-t", first)).toBe("commit");
    await git(again.mirror, "fsck", "--strict");
    await git(source, "checkout", "-q", "--detach");
    await git(source, "branch", "-q", "-D", "feature");
    expect(await opened.fetch(id)).toMatchObject({ commit: second });
    // On no branch, and no branch has changed.
    const third = await commitFiles(source, "third", { "c.txt": "c\n" });
    expect(await opened.fetch(id)).toMatchObject({ commit: third });
    expect(await git(again.mirror, "cat-file", "-t", third)).toBe("commit");
    expect(await readdir(join(again.mirror, ".."))).toEqual(["mirror.git"]);

    await expect(opened.fetch(id, { baseRef: "nowhere" })).rejects.toMatchObject({
      reason: "validation_failed",
      message: expect.stringContaining("no branch, tag or commit 'nowhere'"),
    });
  },
);

test.each(KINDS)(
  "%s: a source that is gone: on from the last state, which is said; without one, refused",
  async (kind) => {
    await using opened = await openSources();
    const source = join(opened.root, "a");
    const commit = await makeRepository(source, { "a.txt": "a\n" });
    const { id } = await opened.project(sourceOf(kind, source));
    await opened.fetch(id);
    await rename(source, `${source}.away`);
    const base = await opened.fetch(id);
    expect(base.commit).toBe(commit);
    expect(base.fetched.offline).toEqual(expect.stringMatching(/./));
    expect((await opened.store.projects.find(id))?.lastFetch).toMatchObject({
      commit,
      error: base.fetched.offline,
    });
    const other = await opened.project(sourceOf(kind, source));
    await expect(opened.fetch(other.id)).rejects.toMatchObject({ reason: "project_unreachable" });
    await rename(`${source}.away`, source);
    const second = await commitFiles(source, "second", { "a.txt": "b\n" });
    expect((await opened.fetch(id)).commit).toBe(second);
  },
);

test("what is not committed becomes a commit of the mirror; the directory is as it was", async () => {
  await using opened = await openSources();
  const source = join(opened.root, "a");
  const head = await makeRepository(source, {
    "a.txt": "a\n",
    "gone.txt": "x\n",
    "staged.txt": "1\n",
    ".gitignore": "ignored\n",
  });
  const { id } = await opened.project({ kind: "directory", path: source });
  expect((await opened.fetch(id, { includeUncommitted: true })).commit).toBe(head);
  await writeFile(join(source, "a.txt"), "changed\n");
  await rm(join(source, "gone.txt"));
  await writeFile(join(source, "staged.txt"), "2\n");
  await git(source, "add", "staged.txt");
  await mkdir(join(source, "new"));
  await writeFile(join(source, "new", "file"), "new\n");
  await writeFile(join(source, "ignored"), "secret\n");
  await writeFile(join(source, "local"), "secret\n");
  await writeFile(join(source, ".git", "info", "exclude"), "local\n");
  await symlink("/etc/passwd", join(source, "link"));
  const before = await stateOf(source);
  const base = await opened.fetch(id, { includeUncommitted: true });
  expect(await stateOf(source)).toBe(before);
  const { mirror, commit } = base;
  expect(await git(mirror, "log", "-1", "--format=%P %an <%ae>", commit)).toBe(
    `${head} ada <ada@users.trunkline.invalid>`,
  );
  expect(
    (await git(mirror, "diff-tree", "-r", "--name-status", "--no-commit-id", commit)).split("\n"),
  ).toEqual(["M\ta.txt", "D\tgone.txt", "A\tlink", "A\tnew/file", "M\tstaged.txt"]);
  expect(await git(mirror, "cat-file", "-p", `${commit}:link`)).toBe("/etc/passwd");
  await git(mirror, "fsck", "--strict");
  expect(await opened.fetch(id)).toMatchObject({ commit: head });
});

test("directories: only below the roots, whatever links lead to, then and later", async () => {
  await using opened = await openSources();
  const { root, bench } = opened;
  const outside = join(bench.dataDir, "outside");
  await makeRepository(outside, { "a.txt": "secret\n" });
  await symlink(outside, join(root, "link"));
  const { id } = await opened.project({ kind: "directory", path: join(root, "link") });
  await expect(opened.fetch(id)).rejects.toMatchObject({ reason: "project_unreachable" });
  const inside = join(root, "inside");
  await makeRepository(inside, { "a.txt": "a\n" });
  const later = await opened.project({ kind: "directory", path: inside });
  await opened.fetch(later.id);
  await rename(inside, join(root, "moved"));
  await symlink(outside, inside);
  const { fetched } = await opened.fetch(later.id);
  expect(fetched.offline).toContain("TRUNKLINE_PROJECT_ROOTS");
  // A worktree, a submodule, or a trap: `.git` that leads elsewhere.
  const trap = join(root, "trap");
  await mkdir(trap);
  await writeFile(join(trap, ".git"), `gitdir: ${outside}/.git\n`);
  const { id: trapped } = await opened.project({ kind: "directory", path: trap });
  await expect(opened.fetch(trapped)).rejects.toMatchObject({
    message: expect.stringContaining("of its own"),
  });
});

test("directories: neither the server's own, which are repositories of others, nor one that holds them", async () => {
  await using directory = await TemporaryDirectory.create();
  const dataDir = directory.path;
  await using opened = await openSources({ dataDir, keeps: true, root: dataDir });
  const workspace = join(dataDir, "shared", "workspaces", "others");
  await makeRepository(workspace, { "a.txt": "secret\n" });
  const { id } = await opened.project({ kind: "directory", path: workspace });
  await expect(opened.fetch(id)).rejects.toMatchObject({
    message: expect.stringContaining("is not a directory below"),
  });
  await makeRepository(dataDir, { "a.txt": "mine\n" });
  const around = await opened.project({ kind: "directory", path: dataDir });
  const inPlace = opened.sources.findDirectory({ projectId: around.id, ownerId: opened.ownerId });
  await expect(inPlace).rejects.toMatchObject({ message: expect.stringContaining("the server's own data") });
});

test("a partial clone says how it becomes a whole one", async () => {
  await using opened = await openSources();
  const { root, bench } = opened;
  const origin = join(bench.dataDir, "origin");
  await makeRepository(origin, { "a.txt": "a\n" });
  await git(origin, "config", "uploadpack.allowFilter", "true");
  const partial = join(root, "partial");
  await git(root, "clone", "-q", "--no-checkout", "--filter=blob:none", `file://${origin}`, partial);
  const { id } = await opened.project({ kind: "directory", path: partial });
  await expect(opened.fetch(id)).rejects.toMatchObject({
    reason: "project_unreachable",
    message: expect.stringContaining("git fetch --refetch --no-filter"),
  });
  await git(partial, "fetch", "-q", "--refetch", "--no-filter");
  const base = await opened.fetch(id);
  expect(await git(base.mirror, "show", `${base.commit}:a.txt`)).toBe("a");
});

test("a hostile directory runs nothing outside the sandbox", async ({ skip }) => {
  await using opened = await openSources();
  const { root, bench } = opened;
  skip(!bench.isSandboxed, "needs bubblewrap");
  const source = join(root, "a");
  await makeRepository(source, { "a.txt": "a\n", ".gitattributes": "* filter=spy diff=spy\n" });
  const ran = join(bench.dataDir, "ran");
  const spy = join(root, "spy");
  await writeFile(spy, `#!/bin/sh\ntouch ${ran} ${source}/ran\ncat\n`, { mode: 0o755 });
  for (const [name, value] of [
    ["core.fsmonitor", spy],
    ["core.sshCommand", spy],
    ["filter.spy.clean", spy],
    ["filter.spy.process", spy],
    ["uploadpack.packObjectsHook", spy],
    ["core.alternateRefsCommand", spy],
    ["remote.origin.uploadpack", spy],
    ["remote.origin.url", `file://${root}/elsewhere`],
    ["remote.origin.promisor", "true"],
    ["extensions.partialClone", "origin"],
  ]) {
    await git(source, "config", name!, value!);
  }
  await git(source, "config", "core.repositoryformatversion", "1");
  await writeFile(join(source, "a.txt"), "changed\n");
  const { id } = await opened.project({ kind: "directory", path: source });
  const before = await stateOf(source);
  const base = await opened.fetch(id, { includeUncommitted: true });
  expect(await git(base.mirror, "show", `${base.commit}:a.txt`)).toBe("changed");
  expect(await stateOf(source)).toBe(before);
  expect(await readdir(bench.dataDir)).not.toContain("ran");
});

test("bounds: what brings too much, and who stops waiting; nothing half-made is left", async () => {
  await using opened = await openSources({ limits: { timeMs: 60_000, bytes: 100_000 } });
  const source = join(opened.root, "a");
  await makeRepository(source, { "a.txt": "a\n" });
  const { id } = await opened.project({ kind: "directory", path: source });
  const first = await opened.fetch(id);
  const noise = Array.from({ length: 20_000 }, () => randomUUID()).join("\n");
  await commitFiles(source, "large", { "large.txt": noise });
  const { fetched, commit } = await opened.fetch(id);
  expect(fetched.offline).toContain("more than");
  expect(commit).toBe(first.commit);
  const reason = new Error("canceled");
  await expect(opened.fetch(id, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(await readdir(join(first.mirror, ".."))).toEqual(["mirror.git"]);
});

test("many at once share fetches, and each sees what was there when it asked", async () => {
  await using opened = await openSources();
  const source = join(opened.root, "a");
  await makeRepository(source, { "a.txt": "a\n" });
  const { id } = await opened.project({ kind: "directory", path: source });
  const commits = new Set(
    (await Promise.all(Array.from({ length: 8 }, async () => opened.fetch(id)))).map((b) => b.commit),
  );
  expect(commits.size).toBe(1);
  const second = await commitFiles(source, "second", { "a.txt": "b\n" });
  const later = await Promise.all(Array.from({ length: 4 }, async () => opened.fetch(id)));
  expect(later.map(({ commit }) => commit)).toEqual([second, second, second, second]);
});

test("fetches leave alone what takes uncommitted work along at the same time", async () => {
  await using opened = await openSources();
  const source = join(opened.root, "a");
  await makeRepository(source, { "a.txt": "a\n" });
  const { id } = await opened.project({ kind: "directory", path: source });
  await writeFile(join(source, "new.txt"), "not committed");
  await opened.fetch(id);
  const taken: Promise<{ commit: string; mirror: string }>[] = [];
  for (let round = 0; round < 3; round++) {
    taken.push(opened.fetch(id, { includeUncommitted: true }));
    for (let more = 0; more < 3; more++) {
      const commit = await commitFiles(source, "more", { "a.txt": `${round} ${more}\n` });
      expect(await opened.fetch(id)).toMatchObject({ commit });
    }
  }
  for (const { mirror, commit } of await Promise.all(taken)) {
    expect(await git(mirror, "show", `${commit}:new.txt`)).toBe("not committed");
    await git(mirror, "fsck", "--strict");
  }
});

test("a project that is no longer shared once it was fetched starts nobody else's session", async () => {
  await using opened = await openSources();
  const { projects } = opened.store;
  const source = join(opened.root, "a");
  const commit = await makeRepository(source, { "a.txt": "a\n" });
  const project = await opened.project({ kind: "directory", path: source });
  await projects.update(project.id, { ...project, shared: true }, auditRecord());
  const base = async (ownerId: string) =>
    opened.sources.fetchBase({
      projectId: project.id,
      ownerId,
      baseRef: null,
      includeUncommitted: false,
      signal: new AbortController().signal,
    });
  const somebody = randomUUID();
  expect(await base(somebody)).toMatchObject({ commit });
  const fetched = projects.fetched.bind(projects);
  vi.spyOn(projects, "fetched").mockImplementation(async (...given) => {
    await projects.update(project.id, { ...project, shared: false }, auditRecord());
    await fetched(...given);
  });
  await expect(base(somebody)).rejects.toMatchObject({
    reason: "not_found",
    message: expect.stringContaining("no longer shared") as string,
  });
  expect(await base(opened.ownerId)).toMatchObject({ commit });
});

test("a deleted project's files go once no session borrows from them", async () => {
  await using opened = await openSources();
  const { store, sources, ownerId } = opened;
  const source = join(opened.root, "a");
  await makeRepository(source, { "a.txt": "a\n" });
  const { id } = await opened.project({ kind: "directory", path: source });
  const { mirror } = await opened.fetch(id);
  const sessionId = randomUUID();
  const created = { title: "t", model: null, projectId: id, workspaceKind: "clone" } as const;
  await store.append(sessionId, [{ taskId: null, type: "session.created", data: created }], { ownerId });
  await store.projects.delete({ id, at: 1, force: true }, auditRecord());
  await sources.sweep();
  await git(mirror, "fsck");
  await expect(opened.fetch(id)).rejects.toMatchObject({ reason: "not_found" });
  await store.sessions.hide({ id: sessionId, at: 2, hiddenBy: "node" }, auditRecord());
  await store.sessions.remove(sessionId);
  await sources.sweep();
  expect(await readdir(join(opened.bench.dataDir, "shared", "projects"))).toEqual([]);
});

test.each(["a%41b", "100%", "a:b", 'quote"d', "two words", "back\\slash", "line\nbreak", "#?&$(x)", "-dash"])(
  "a directory called %j is one like any other",
  async (name) => {
    await using opened = await openSources();
    const source = join(opened.root, name);
    const commit = await makeRepository(source, { "a.txt": "a\n" });
    const { id } = await opened.project({ kind: "directory", path: source });
    const base = await opened.fetch(id);
    expect(base.commit).toBe(commit);
    expect(await git(opened.root, "ls-remote", base.origin, "refs/heads/main")).toContain(commit);
  },
);
