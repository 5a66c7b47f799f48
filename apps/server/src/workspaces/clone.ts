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
  /** Moves a clone of the project that was made before to a path. @returns whether there was one */
  takeSpare?: (path: string) => Promise<boolean>;
}

interface ArchivedCommit {
  /** Absolute path of the session's private repository. */
  repository: string;
  commit: string;
  baseCommit: string;
}

/** What of a repository is not in its clone. */
type Missing = Pick<EventDataOf<"workspace.prepared">, "shallow" | "submodules" | "lfs">;

interface Made {
  missing: Missing;
  /** Tracked ones. */
  files: number;
}

/** The files of a large repository, on a busy disk. */
const CLONE_LIMIT_MS = 600_000;

/**
 * How often another run's clone may take the place of this one's: a run that has lost its task, perhaps on another node, may
 * still be preparing. Its events are refused, so that its clone is replaced.
 */
const MAX_TAKEN = 5;

/** Prepares a clone out of sight and moves it to its place. @throws TrunklineError, or the reason of the signal */
export async function makeClone(deps: CloneDeps, clone: NewClone, signal: AbortSignal): Promise<Made> {
  const { preparing } = clone;
  await deps.removeDirectory(preparing);
  try {
    await mkdir(preparing, { recursive: true, mode: 0o700 });
    const { draft, ...made } = (await fillSpare(deps, clone, signal)) ?? (await fillNew(deps, clone, signal));
    signal.throwIfAborted();
    await putInPlace(deps, draft, clone.directory);
    return made;
  } finally {
    await deps.removeDirectory(preparing);
  }
}

async function fillNew(
  { git }: CloneDeps,
  clone: NewClone,
  signal: AbortSignal,
): Promise<Made & { draft: string }> {
  const draft = join(clone.preparing, randomUUID());
  await mkdir(draft, { mode: 0o700 });
  return { draft, ...(await fill(git, draft, clone, signal)) };
}

/** @returns null where there is none that can be used */
async function fillSpare(
  { git }: CloneDeps,
  clone: NewClone,
  signal: AbortSignal,
): Promise<(Made & { draft: string }) | null> {
  const draft = join(clone.preparing, randomUUID());
  if ((await clone.takeSpare?.(draft)) !== true) return null;
  try {
    return { draft, ...(await fill(git, draft, clone, signal)) };
  } catch {
    // A new one will do, or say what is wrong.
    signal.throwIfAborted();
    return null;
  }
}

/** Makes an empty directory, or a spare, into a clone. @throws TrunklineError, or the reason of the signal */
export async function fill(
  git: Pick<Git, "sandboxed">,
  directory: string,
  { base, branch, author, archived }: Pick<NewClone, "base" | "branch" | "author" | "archived">,
  signal: AbortSignal,
): Promise<Made> {
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
    const missing: Missing = {
      ...(words.includes("shallow") && { shallow: true }),
      ...(words.includes("submodules") && { submodules: "not-fetched" }),
      ...(words.includes("lfs") && { lfs: "pointers" }),
    };
    return { missing, files: Number(/^files (\d+)$/m.exec(stdout.toString())?.[1] ?? 0) };
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
