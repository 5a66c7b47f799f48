import { join } from "node:path";
import type { Check, MergeRequest, ReviewComment } from "@trunkline/contract";
import type { GitRun } from "../git/port.ts";

/** A session's private repository, which goes with it; relative to the shared directory. */
export function publicationPath(sessionId: string): string {
  return join("publications", `${sessionId}.git`);
}

/** A session's work, and where it lies. */
export interface SessionWork {
  sessionId: string;
  /** The workspace, a git repository that the agent may have changed in any way. */
  directory: string;
  /** The project's mirror, which the workspace borrows objects from. */
  mirror: string;
  /** What it started from. */
  baseCommit: string;
  /** The commit of its archived work, which is in the private repository: there is no workspace. Null: there is one. */
  archived: string | null;
  /** First line of the commit that uncommitted work becomes. */
  title: string;
  /** Who wants it published: the author of that commit. */
  author: { name: string; email: string };
}

/** How to reach a repository, with its credential. */
export type Remote = Pick<GitRun, "protocol" | "environment" | "configuration"> & { url: string };

export interface NewMergeRequest {
  branch: string;
  base: string;
  title: string;
  body: string;
  draft: boolean;
}

/**
 * Requests to merge in one repository of a forge. Every method throws TrunklineError: `remote_failed` with the forge's
 * words, `rate_limited`, or `credential_rejected`.
 */
export interface Forge {
  /** The branch's open request; null: it has none. */
  find(branch: string): Promise<MergeRequest | null>;
  /** The branch must have been pushed. If it has an open request already, returns that one. */
  create(request: NewMergeRequest): Promise<MergeRequest>;
  get(number: number): Promise<MergeRequest>;
  /** What runs for a commit: the newest run of each. */
  checks(commit: string): Promise<Check[]>;
  /** What people wrote, oldest first; empty reviews and the forge's own remarks are left out. */
  comments(number: number): Promise<ReviewComment[]>;
}

/** What came in about a request. */
export interface Feedback {
  request: MergeRequest;
  failed: readonly Check[];
  comments: readonly ReviewComment[];
  /** Items of earlier prompts. */
  known: ReadonlySet<string>;
}

export interface ReviewPrompt {
  text: string;
  /** Names exactly this text: who submits it has seen it. */
  digest: string;
  /** Ids of what it has in it. */
  items: string[];
}

/**
 * Takes a session's work out of its workspace. What is not committed is committed first; then everything leaves as a pack that
 * git wrote in the sandbox, is checked on its way into a private repository, and goes on from there. One publish of a session at a
 * time; each can be repeated after a crash. Every method throws TrunklineError with what to do.
 */
export interface Publisher {
  /**
   * Keeps the work as a branch of the private repository, on the disk, so that the workspace can be removed.
   * @returns the branch's commit; that of the base if nothing was changed
   */
  toArchive(work: SessionWork, branch: string, signal: AbortSignal): Promise<string>;
  /**
   * Pushes the work to a branch. @param target.bases branches that are never pushed to
   * @returns the commit, and the repository's own default branch; null: unknown
   */
  toRemote(
    work: SessionWork,
    target: Pick<OpenRemote, "remote" | "redact"> & {
      branch: string;
      bases: readonly string[];
      approve?: Approve | undefined;
    },
    signal: AbortSignal,
  ): Promise<{ commit: string; defaultBranch: string | null }>;
  /** Creates or moves a branch in a user's own repository. @returns the commit */
  toDirectory(
    work: SessionWork,
    target: { directory: string; branch: string; approve?: Approve | undefined },
    signal: AbortSignal,
  ): Promise<string>;
  /** Leaves workspace and branch as they are. @returns the commit that a patch leads to, and how to write it */
  toPatch(
    work: SessionWork,
    signal: AbortSignal,
  ): Promise<{
    commit: string;
    write: (onOutput: (bytes: Uint8Array) => void | Promise<void>) => Promise<void>;
  }>;
  /** Whether it is known which forge serves the repository's host. */
  knowsForge(url: string): boolean;
  /** @throws TrunklineError `validation_failed` where it is not known */
  forge(repository: { url: string; token: string }, signal: AbortSignal): Promise<Forge>;
  /** Review comments and failed checks as a prompt, but for those that are known. @returns null where nothing is new */
  reviewPrompt(feedback: Feedback): ReviewPrompt | null;
  /** @returns the name, if git and we take it for a branch's. @throws TrunklineError `validation_failed` */
  branchName(name: string): string;
}

/**
 * Decides whether the work may leave, once it is its turn to. @param changed tells what would: `MODE HASH PATH` of each path that
 * differs from the base, each with NUL; zeros where it is gone. Throws where it may not.
 */
export type Approve = (changed: () => Promise<Uint8Array>) => Promise<void>;

/** A repository's address with what signs in there, for as long as it is open. */
export interface OpenRemote extends AsyncDisposable {
  remote: Remote;
  /** For the forge's API; null: the project has no token. */
  token: string | null;
  /** @returns the text without what signs in: a server may quote it in its errors. */
  redact(text: string): string;
}

/** Unseals a project's credential for git. @throws TrunklineError `unavailable` where it can't be opened; `forbidden` for a host that its owner may not reach */
export type OpenProjectRemote = (project: {
  id: string;
  ownerId: string;
  url: string;
}) => Promise<OpenRemote>;
