import { type Git, GitError, type GitResult, type GitRun } from "../git/port.ts";

export interface FetchLimits {
  /** Of one fetch, in ms. */
  timeMs: number;
  /** Of what it brings. */
  bytes: number;
}

export function tooLarge({ bytes }: FetchLimits): GitError {
  const size = Math.floor(bytes / 1_048_576);
  return new GitError(
    "limit",
    `it brings more than ${size} MiB; the operator decides: TRUNKLINE_PROJECT_MAX_MB`,
  );
}

/** Of what a repository says of its branches and tags: some 100,000. All of it is compared and written at once. */
export const MAX_REF_BYTES = 8_388_608;
/** What git needs for more of them than that. */
const REF_MEMORY = 268_435_456;

/** Runs what lists a repository's branches and tags. @throws GitError, or the reason of the signal */
export async function listRefs<Run extends GitRun>(
  git: (run: Run) => ReturnType<Git["own"]>,
  run: Run,
): Promise<GitResult> {
  try {
    return await git({ ...run, maxOutputBytes: MAX_REF_BYTES, memoryBytes: REF_MEMORY });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (error.failure !== "too-much-output" && error.failure !== "limit") throw error;
    throw new GitError(
      "limit",
      `its list of branches and tags is longer than ${MAX_REF_BYTES / 1_048_576} MiB: remove some there`,
    );
  }
}
