import { HOME_CACHES } from "./home-caches.ts";
import { randomUUID } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { removeDirectory } from "../common/remove-directory.ts";
import { closedPath, type Git, GitError, type GitResult, type SandboxedGitRun } from "../git/port.ts";
import { mirrorPath, workspacePath } from "../store/port.ts";
import type { FindUnpublishedWork, UnpublishedWork } from "./port.ts";

/** @param options.dataDir of this process alone. */
export function createFindUnpublishedWork({
  git,
  dataDir,
  sharedDir,
  requireFiles = () => undefined,
}: {
  git: Git;
  dataDir: string;
  sharedDir: string;
  /** Throws while files that are missing may only be out of reach: nothing of a session would look unpublished. */
  requireFiles?: () => void;
}): FindUnpublishedWork {
  return async ({ sessionId, projectId, ...known }) => {
    requireFiles();
    return findUnpublishedWork(git, {
      ...known,
      directory: join(sharedDir, workspacePath(sessionId)),
      mirror: join(sharedDir, mirrorPath(projectId)),
      scratch: join(dataDir, "scratch"),
    });
  };
}

/** A session's clone, and what of it is elsewhere already. */
export interface CloneToExamine {
  /** The workspace, which the agent may have changed in any way. */
  directory: string;
  /** The project's mirror, which it borrows objects from. */
  mirror: string;
  /** What it started from, as the session's log has it: never what its HEAD says. */
  baseCommit: string;
  /** Commits that were published, as the log has them. */
  published: readonly string[];
  /** For an index of our own; of this process alone. */
  scratch: string;
}

const MAX_NAMED = 10;
const TIMEOUT_MS = 120_000;
const MAX_OUTPUT_BYTES = 64 * 1_048_576;

/**
 * Finds what only this workspace has. Nothing that the repository itself says is taken for an answer: its settings may hide new
 * files, its index may call files unchanged, its remote branches may claim that commits were pushed.
 * @returns null if nothing would be lost
 */
export async function findUnpublishedWork(git: Git, clone: CloneToExamine): Promise<UnpublishedWork | null> {
  if (!(await exists(clone.directory))) return null;
  const scratch = join(clone.scratch, randomUUID());
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  try {
    const work = await examine(git, { ...clone, scratch });
    return work.files.total + work.commits.total > 0 ? work : null;
  } catch (error) {
    if (!(error instanceof GitError) || error.failure === "unavailable") throw error;
    const nothing = { total: 0, first: [] };
    return { files: nothing, commits: nothing, unknown: "its repository can't be read" };
  } finally {
    await removeDirectory(scratch);
  }
}

/** Directories that a commit links to, if there is anything in them. Nothing fetches submodules: what is there was made here. */
const NESTED = `
git ls-tree -r -z "$1" | { grep -z '^160000 ' || true; } | while IFS= read -r -d '' entry; do
  path=\${entry#*$'\\t'}
  [ -n "$(ls -A -- "$path" 2>/dev/null)" ] && printf '%s\\0' "$path"
done
true
`;

async function examine(
  git: Git,
  { directory, mirror, baseCommit, published, scratch }: CloneToExamine,
): Promise<UnpublishedWork> {
  const inSandbox = async (
    args: readonly string[],
    options: Partial<SandboxedGitRun> = {},
  ): Promise<GitResult> =>
    git.sandboxed({
      args,
      directory,
      readOnly: [mirror],
      writable: [scratch],
      // An index that is filled from HEAD: the workspace's own may call files unchanged.
      environment: { GIT_INDEX_FILE: join(scratch, "index") },
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: MAX_OUTPUT_BYTES,
      ...options,
    });
  const run = async (...call: Parameters<typeof inSandbox>): Promise<string> =>
    (await inSandbox(...call)).stdout.toString();

  const head = (await run(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])).trim();
  await run(["read-tree", head]);
  const changed = namesIn(
    await run(["diff", "--no-ext-diff", "--no-textconv", "--name-only", "-z", head, "--"]),
  );
  // Only what files of the tree ignore and tools keep, not what `.git/info/exclude` does: the agent may write that.
  const caches = HOME_CACHES.map((pattern) => `--exclude=${pattern}`);
  const others = ["ls-files", "--others", "--exclude-per-directory=.gitignore", ...caches, "-z", "--"];
  const untracked = await inSandbox(others);
  let files = [...new Set([...changed, ...namesIn(untracked.stdout.toString())])];
  if (files.length > 0 && (await isPublishedTree(run, published))) files = [];
  // Nobody can tell what is in there, whatever was published.
  const closed = closedPath(untracked.stderr);
  if (closed !== null && !files.includes(closed)) files.push(closed);
  // A commit has a nested repository's name, and none of its files.
  files.push(...namesIn(await run([head], { script: NESTED })).filter((path) => !files.includes(path)));

  const ours = [
    "--ignore-missing",
    "--exclude=refs/remotes/*",
    "--exclude=refs/trunkline/*",
    "--all",
    "HEAD",
    "--stdin",
  ];
  const elsewhere = {
    input: [await refsOf(git, mirror), ...[baseCommit, ...published].map((id) => `^${id}\n`)].join(""),
  };
  const total = Number((await run(["rev-list", "--count", ...ours], elsewhere)).trim());
  const shown = ["-z", "--no-show-signature", "--format=%h %s", `--max-count=${MAX_NAMED}`];
  const subjects = total === 0 ? "" : await run(["log", ...shown, ...ours], elsewhere);
  return {
    files: { total: files.length, first: files.slice(0, MAX_NAMED) },
    commits: { total, first: namesIn(subjects) },
    unknown: null,
  };
}

/** All that the mirror has from the project's source, as what to leave out: one line each. */
async function refsOf(git: Git, mirror: string): Promise<string> {
  const args = ["for-each-ref", "--format=^%(objectname)"];
  const { stdout } = await git.own({ args, directory: mirror, maxOutputBytes: MAX_OUTPUT_BYTES });
  return stdout.toString();
}

/** Whether everything is as in a commit that was published, though the branch does not have it: as a patch is. */
async function isPublishedTree(
  run: (args: readonly string[]) => Promise<string>,
  published: readonly string[],
): Promise<boolean> {
  if (published.length === 0) return false;
  await run(["add", "--all"]);
  const tree = (await run(["write-tree"])).trim();
  for (const commit of published) {
    const known = await run(["rev-parse", "--verify", "--quiet", `${commit}^{tree}`]).catch(() => "");
    if (known.trim() === tree) return true;
  }
  return false;
}

function namesIn(list: string): string[] {
  return list.split("\0").filter((name) => name !== "");
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
