import { z } from "zod";
import { Id, Timestamp } from "./primitives.ts";

export const PUBLISH_KINDS = ["branch", "pull-request", "patch", "local"] as const;

/** Git's name of a commit, hex. */
export const CommitId = z.string().regex(/^[0-9a-f]{40,64}$/, "A commit's name is 40 or 64 hex digits");

/** A branch by its short name, such as `trunkline/fix-login`; what git does not allow is refused when it is used. */
const BranchName = z.string().trim().min(1).max(200);

export const PublishInput = z.strictObject({
  sessionId: Id,
  /**
   * `branch`: push it to the project's repository. `pull-request`: also open a pull or merge request. `patch`: changes
   * nothing; `url` is where to download it. `local`: create the branch in the project's directory.
   */
  kind: z.enum(PUBLISH_KINDS),
  /** Title of the request, and of the commit made of uncommitted changes; absent: the session's. */
  title: z.string().trim().min(1).max(200).optional(),
  /** Text of the request. */
  body: z.string().max(60_000).optional(),
  /** Branch to publish to; absent: the session's own. Never the one that the work is to be merged into. */
  branch: BranchName.optional(),
  /** Branch to merge into; absent: the one that the session started from. */
  base: BranchName.optional(),
  /** Whether to open the request as a draft. */
  draft: z.boolean().optional(),
  /** Whether to publish files that the session's changes show otherwise or not at all, such as ignored ones that are committed. */
  unshown: z.boolean().optional(),
});
export type PublishInput = z.infer<typeof PublishInput>;

/** What was published. */
export const Published = z.strictObject({
  kind: z.enum(PUBLISH_KINDS),
  /** For `local`, with the directory's own name for it. */
  branch: z.string(),
  /** Of the pull or merge request; for a patch, the path to download it from. */
  url: z.string().nullable(),
  /** The commit that was published. */
  commit: CommitId,
});
export type Published = z.infer<typeof Published>;

export const ArchiveWorkInput = z.strictObject({
  sessionId: Id,
  /** Also if branches, tags or stashes of the workspace have commits that the session's branch does not have: they are lost. */
  discardWork: z.boolean().optional(),
});
export type ArchiveWorkInput = z.infer<typeof ArchiveWorkInput>;

/** Work that is kept without a workspace. */
export const ArchivedWork = z.strictObject({
  /** The session's branch, which the workspace comes back on. */
  branch: z.string(),
  /** Its newest commit, with what was not committed. */
  commit: CommitId,
  /** What the session started from. */
  baseCommit: CommitId,
  /** Where to download all changes as a patch; null: nothing was changed. */
  patch: z.string().nullable(),
});
export type ArchivedWork = z.infer<typeof ArchivedWork>;

export const REQUEST_STATES = ["open", "merged", "closed"] as const;
export const CHECK_STATES = ["pending", "passed", "failed", "skipped"] as const;

/** A request to merge a branch: GitHub and Gitea say pull request, GitLab merge request. */
export const MergeRequest = z.strictObject({
  /** Its number in the repository. */
  number: z.int().positive(),
  url: z.string(),
  title: z.string(),
  state: z.enum(REQUEST_STATES),
  draft: z.boolean(),
  branch: z.string(),
  /** Branch to merge into. */
  base: z.string(),
  /** The newest commit of the branch. */
  commit: CommitId,
});
export type MergeRequest = z.infer<typeof MergeRequest>;

/** A check, status or job of the newest commit. */
export const Check = z.strictObject({
  id: z.string(),
  name: z.string(),
  state: z.enum(CHECK_STATES),
  /** Its details, for people. */
  url: z.string().nullable(),
  summary: z.string().nullable(),
});
export type Check = z.infer<typeof Check>;

/** What somebody wrote about the changes. */
export const ReviewComment = z.strictObject({
  id: z.string(),
  author: z.string(),
  at: Timestamp,
  text: z.string(),
  /** The file that it is about; null: all of it. */
  path: z.string().nullable(),
  /** A line of the new version of the file; null: unknown, or the file as a whole. */
  line: z.int().positive().nullable(),
  url: z.string().nullable(),
  /** Whether somebody marked it as resolved, where the forge tells. */
  resolved: z.boolean(),
});
export type ReviewComment = z.infer<typeof ReviewComment>;

export const PublicationRef = z.strictObject({ sessionId: Id });

/** What became of what the session published last. */
export const Publication = z.strictObject({
  /** Null: nothing yet. */
  published: Published.extend({ at: Timestamp }).nullable(),
  /** Of the published branch; null: it has none, or its repository's host has no requests. */
  request: MergeRequest.nullable(),
  checks: z.array(Check),
  comments: z.array(ReviewComment),
  /** Failed checks and comments that were not brought back yet; null: there are none. */
  feedback: z
    .strictObject({
      /** What `session.bringBack` submits. It has text by others in it. */
      prompt: z.string(),
      /** Names this prompt. */
      digest: z.string(),
      /** How many it has in it. */
      items: z.int().positive(),
    })
    .nullable(),
});
export type Publication = z.infer<typeof Publication>;

export const BringBackInput = z.strictObject({
  sessionId: Id,
  /** From `session.publication`: of the prompt that a person has seen. */
  digest: z.string().regex(/^[0-9a-f]{64}$/, "Pass the digest of session.publication"),
  /** What to do about it, in the user's own words. */
  note: z.string().trim().min(1).max(4_000).optional(),
});
export type BringBackInput = z.infer<typeof BringBackInput>;
