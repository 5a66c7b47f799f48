import { type Git, GitError } from "../git/port.ts";

/** Leaves index and files as they are. */
const SCRIPT = `
set -eu
if commit=$(git rev-parse -q --verify HEAD); then git update-ref "refs/heads/$1" "$commit"; fi
git symbolic-ref HEAD "refs/heads/$1"
`;

/** Puts a workspace on a branch of its own. What its agent has made unusable stays as it is. */
export async function switchBranch(
  git: Pick<Git, "sandboxed">,
  directory: string,
  branch: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await git.sandboxed({ script: SCRIPT, args: [branch], directory, signal });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
  }
}
