import { TrunklineError } from "@trunkline/contract";
import { type Git, GitError } from "../git/port.ts";
import { printable } from "../common/printable.ts";
import type { PrivateRepository } from "./private-repository.ts";
import { branchMoved } from "./push.ts";

/** The only place in a user's repository where anything is put. */
const LOCAL_PREFIX = "trunkline/";

/**
 * Fetches a commit into a user's own repository as a branch, and changes nothing else of it: not what is checked out, no tags, no
 * configuration, nothing is pruned or packed. In the sandbox, since the repository's own configuration is not ours.
 * @param borrows directories that the private repository has its objects from
 */
export async function createLocalBranch(
  git: Git,
  repository: PrivateRepository,
  {
    directory,
    borrows,
    branch,
    commit,
  }: { directory: string; borrows: readonly string[]; branch: string; commit: string },
  signal: AbortSignal,
): Promise<void> {
  if (!branch.startsWith(LOCAL_PREFIX)) {
    throw new TrunklineError(
      "validation_failed",
      `In your own repository sessions only touch branches below ${LOCAL_PREFIX}; use ${LOCAL_PREFIX}${branch}`,
    );
  }
  const ref = `refs/heads/${branch}`;
  const run = async (args: readonly string[], accept: readonly number[] = [0]) =>
    git.sandboxed({
      args,
      directory,
      readOnly: [repository.directory, ...borrows],
      protocol: "file",
      accept,
      signal,
      configuration: {
        "fetch.prune": "false",
        "fetch.pruneTags": "false",
        "fetch.writeCommitGraph": "false",
        "fetch.fsckObjects": "true",
      },
    });
  const found = await run(["rev-parse", "--verify", "--quiet", `${ref}^{commit}`], [0, 1]).catch(
    notARepository,
  );
  const present = found.stdout.toString().trim();
  if (present === commit) return;
  const isOurs =
    present === "" ||
    (await repository.hasPushed(present)) ||
    ((await repository.has(present)) && (await repository.isAncestor(present, commit)));
  if (!isOurs) throw branchMoved(branch);
  await repository.willPush(commit);
  try {
    await run([
      "fetch",
      "--quiet",
      "--no-tags",
      "--no-write-fetch-head",
      "--no-auto-maintenance",
      "--no-recurse-submodules",
      repository.directory,
      `+refs/trunkline/pushed/${commit}:${ref}`,
    ]);
  } catch (error) {
    if (!(error instanceof GitError) || error.failure !== "failed") throw error;
    // A branch is a file to git, so none can be below another.
    const [, inTheWay] = /'refs\/heads\/([^']+)' exists; cannot create/.exec(error.stderr) ?? [];
    if (inTheWay !== undefined) {
      throw new TrunklineError(
        "branch_moved",
        `Your repository has a branch ${printable(inTheWay)}, so git can make no branch ${branch}. Rename that one ` +
          "(git branch -m), or take the work as a patch",
        { cause: error },
      );
    }
    const isCheckedOut = /refusing to fetch into/.test(error.stderr);
    throw new TrunklineError(
      isCheckedOut ? "branch_moved" : "remote_failed",
      isCheckedOut
        ? `${branch} is checked out in your repository. Check out another branch, or publish under another name`
        : `Your repository refused the branch: ${printable(error.message)}`,
      { cause: error },
    );
  }
}

function notARepository(error: unknown): never {
  if (!(error instanceof GitError) || error.failure !== "failed") throw error;
  throw new TrunklineError(
    "validation_failed",
    "The project's directory is no git repository that a branch can be put into (a linked worktree is none, either: " +
      "register its main directory)",
    { cause: error },
  );
}
