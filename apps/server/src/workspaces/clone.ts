import { randomUUID } from "node:crypto";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { type EventDataOf, TrunklineError } from "@trunkline/contract";
import { type Git, GitError } from "../git/port.ts";
import { CLONE_SCRIPT } from "./clone-script.ts";
import type { Base } from "./port.ts";

export interface CloneDeps {
  git: Pick<Git, "sandboxed">;
  removeDirectory: (path: string) => Promise<void>;
}

export interface NewClone {
  /** Absolute path of the workspace. */
  directory: string;
  /** Absolute path of where it is prepared. */
  preparing: string;
  base: Base;
  branch: string;
  /** Work that was archived, to have instead of the base. */
  archived?: ArchivedCommit;
  /** Of whoever the session belongs to. */
  author: { name: string; email: string };
}

interface ArchivedCommit {
  /** Absolute path of the session's private repository. */
  repository: string;
  commit: string;
  baseCommit: string;
}

/** What of a repository is not in its clone. */
type Missing = Pick<EventDataOf<"workspace.prepared">, "shallow" | "submodules" | "lfs">;

/** The files of a large repository, on a busy disk. */
const CLONE_LIMIT_MS = 600_000;

/**
 * How often another run's clone may take the place of this one's: a run that has lost its task, perhaps on another node, may
 * still be preparing. Its events are refused, so that its clone is replaced.
 */
const MAX_TAKEN = 5;

/** Prepares a clone out of sight and moves it to its place. @throws TrunklineError, or the reason of the signal */
export async function makeClone(deps: CloneDeps, clone: NewClone, signal: AbortSignal): Promise<Missing> {
  const { preparing } = clone;
  await deps.removeDirectory(preparing);
  try {
    const draft = join(preparing, randomUUID());
    await mkdir(draft, { recursive: true, mode: 0o700 });
    const missing = await fill(deps.git, draft, clone, signal);
    signal.throwIfAborted();
    await putInPlace(deps, draft, clone.directory);
    return missing;
  } finally {
    await deps.removeDirectory(preparing);
  }
}

async function fill(
  git: Pick<Git, "sandboxed">,
  directory: string,
  { base, branch, author, archived }: NewClone,
  signal: AbortSignal,
): Promise<Missing> {
  try {
    const { stdout } = await git.sandboxed({
      script: CLONE_SCRIPT,
      args: [
        base.mirror,
        archived?.commit ?? base.commit,
        branch,
        base.origin,
        author.name,
        author.email,
        ...(archived === undefined ? [] : [archived.repository, archived.baseCommit]),
      ],
      directory,
      readOnly: [base.mirror, ...(archived === undefined ? [] : [archived.repository])],
      // As many processes as there are processors write files.
      configuration: { "checkout.workers": "0" },
      timeoutMs: CLONE_LIMIT_MS,
      signal,
    });
    const words = stdout.toString().split("\n");
    return {
      ...(words.includes("shallow") && { shallow: true }),
      ...(words.includes("submodules") && { submodules: "not-fetched" }),
      ...(words.includes("lfs") && { lfs: "pointers" }),
    };
  } catch (error) {
    throw error instanceof GitError ? cloneFailed(error) : error;
  }
}

function cloneFailed(error: GitError): TrunklineError {
  const said = error.stderr.trim().split("\n").slice(-3).join("; ");
  if (/No space left|Disk quota/.test(error.stderr) || error.failure === "limit") {
    return new TrunklineError(
      "storage_full",
      `The project's files do not fit: ${error.message}. Make room on the server's disk, then retry`,
      { cause: error },
    );
  }
  if (/(?:unable to|cannot) read|bad object|promisor|missing blob/i.test(error.stderr)) {
    return new TrunklineError(
      "workspace_failed",
      `The project's repository is not complete (${said}). If it is a partial clone, fetch what it lacks there: git fetch --refetch --no-filter`,
      { cause: error },
    );
  }
  return new TrunklineError(
    "workspace_failed",
    `The project could not be cloned: ${said === "" ? error.message : said}. Fix that, then retry the task`,
    { cause: error },
  );
}

/** Whatever is there was never used: no event says that it is ready. */
async function putInPlace({ removeDirectory }: CloneDeps, draft: string, directory: string): Promise<void> {
  for (let taken = 1; ; taken++) {
    await removeDirectory(directory);
    try {
      await rename(draft, directory);
      return;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if ((code !== "ENOTEMPTY" && code !== "EEXIST") || taken === MAX_TAKEN) throw error;
    }
  }
}
