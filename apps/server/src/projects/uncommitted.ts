import { copyFile, lstat, mkdir, readdir, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type DirectoryFetch, packObjects } from "./fetch-directory.ts";
import type { Draft } from "./mirror.ts";

/** An index or list of ignored files larger than this is not looked at. */
const MAX_FILE_BYTES = 536_870_912;

/**
 * What is not committed in a directory, as a commit on top of its HEAD, in the mirror. It is made through an index and an
 * object store of our own: the user's index, refs and objects are only read, and whatever reads them is in the sandbox.
 * @returns null if everything is committed. @throws GitError, or the reason of the signal
 */
export async function commitUncommitted(
  { git, mirror, limits }: Omit<DirectoryFetch, "isAlone">,
  given: { source: string; head: string; author: { name: string; email: string } },
  signal: AbortSignal,
): Promise<string | null> {
  const { source, head, author } = given;
  const objectFormat = head.length === 64 ? "sha256" : "sha1";
  await using scratch = await mirror.draft({ objectFormat, isAlone: false });
  const index = join(scratch.directory, "index");
  const inSource = async (args: readonly string[]): Promise<string> => {
    const { stdout } = await git.sandboxed({
      args,
      directory: source,
      readOnly: [source, mirror.directory],
      writable: [scratch.directory],
      environment: { GIT_DIR: scratch.directory, GIT_WORK_TREE: source, GIT_INDEX_FILE: index },
      timeoutMs: limits.timeMs,
      signal,
    });
    return stdout.toString().trim();
  };
  await copyExcludes(source, scratch);
  const isCopied = await copyIndex(source, index);
  if (!isCopied) await inSource(["read-tree", head]);
  await inSource(["add", "-A", "--", "."]);
  const tree = await inSource(["write-tree"]);
  const treeOf = { args: ["rev-parse", `${head}^{tree}`], directory: mirror.directory, signal };
  if ((await git.own(treeOf)).stdout.toString().trim() === tree) return null;
  const { stdout } = await git.sandboxed({
    args: ["commit-tree", tree, "-p", head, "-m", "Uncommitted work"],
    directory: scratch.directory,
    readOnly: [mirror.directory],
    environment: {
      GIT_DIR: scratch.directory,
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email,
    },
    signal,
  });
  const commit = stdout.toString().trim();
  await using draft = await mirror.draft({ objectFormat, isAlone: false });
  await packObjects(
    { git, limits, signal },
    {
      source: scratch.directory,
      draft,
      wanted: [commit],
      known: [head],
      environment: { GIT_DIR: scratch.directory },
      readOnly: [mirror.directory],
    },
  );
  await mirror.takePacks(draft);
  return commit;
}

/**
 * The user's index knows which files have not changed since it was written, so that not all of them are read. Links are not
 * followed: they may lead anywhere. @returns false if there is none that can be used alone.
 */
async function copyIndex(source: string, target: string): Promise<boolean> {
  const index = join(source, ".git", "index");
  // A split index needs files beside it.
  const isSplit = (await readdir(join(source, ".git")).catch(() => [])).some((name) =>
    name.startsWith("sharedindex."),
  );
  if (isSplit || !(await isPlainFile(index))) return false;
  await copyFile(index, target);
  // Files that changed in the moment in which it was written are told by its time: a later one would hide them.
  const seconds = Math.floor((await stat(index)).mtimeMs / 1_000);
  await utimes(target, seconds, seconds);
  return true;
}

async function copyExcludes(source: string, { directory }: Draft): Promise<void> {
  const excludes = join(source, ".git", "info", "exclude");
  if (!(await isPlainFile(excludes))) return;
  await mkdir(join(directory, "info"), { recursive: true });
  await copyFile(excludes, join(directory, "info", "exclude"));
}

async function isPlainFile(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isFile() === true && found.size <= MAX_FILE_BYTES;
}
