import { z } from "zod";
import { Id, Seq } from "../primitives.ts";
import { CHECKPOINT_CAUSES, GitHash } from "../checkpoint.ts";
import { MAX_REVERTED_PATHS } from "../limits.ts";
import { NetworkRefusal } from "../network-refusal.ts";
import { WorkArchived, WorkspaceKind } from "../workspace-choice.ts";
import { CallId, Commit } from "./event-parts.ts";

/** What happens to the files that a session works on, and to what they come from. */
export const WORKSPACE_EVENTS = {
  /** The project was fetched from its source, or could not be. */
  "project.fetched": z.strictObject({
    projectId: Id,
    /** The base that the session starts from. */
    commit: Commit,
    durationMs: z.int().nonnegative(),
    /** Why the source was not reached: the session starts from what was fetched last. */
    offline: z.string().optional(),
  }),

  /** The session's workspace is ready. */
  "workspace.prepared": z.strictObject({
    kind: WorkspaceKind,
    projectId: Id.optional(),
    /** Absolute path of the directory that it works in, if it is the project's own. */
    directory: z.string().optional(),
    branch: z.string().optional(),
    /** Branch, tag or commit that it started from. */
    baseRef: z.string().optional(),
    baseCommit: Commit.optional(),
    /** The source has only a part of its history. */
    shallow: z.literal(true).optional(),
    /** The repository has submodules, which are not fetched. */
    submodules: z.literal("not-fetched").optional(),
    /** The repository uses Git LFS; its files are pointers. */
    lfs: z.literal("pointers").optional(),
    /** It has the archived work of this commit, instead of starting from `baseCommit`. */
    archived: Commit.optional(),
  }),
  /** The session's work was archived, and its workspace removed: the next `workspace.prepared` brings it back. */
  "workspace.archived": WorkArchived,

  /** The command that prepares the workspace started. */
  "setup.started": z.strictObject({
    setupId: Id,
    /** Whose command it is. */
    source: z.enum(["project", "repository"]),
    command: z.string(),
  }),
  /** A piece of its output. */
  "setup.progress": z.strictObject({ setupId: Id, chunk: z.string() }),
  /** It ended. */
  "setup.ended": z.strictObject({
    setupId: Id,
    status: z.enum(["succeeded", "failed", "interrupted", "canceled"]),
    /** Null if a signal ended it, or it did not run. */
    exitCode: z.int().nullable(),
    output: z.string(),
    /** Bytes omitted from the middle of `output` because it was too long. */
    omittedBytes: z.int().positive().optional(),
    durationMs: z.int().nonnegative(),
    /** It did not run: an earlier result was used. */
    cached: z.boolean(),
  }),

  /** A command was not let through to a host; once per task and host. */
  "network.refused": NetworkRefusal.extend({
    /** The call whose command it was. */
    callId: CallId.optional(),
  }),
  /** A person allowed this session's commands to reach a host. */
  "network.allowed": z.strictObject({
    /** `HOST`, `*.HOST` (the names below it), each with or without `:PORT`. */
    host: z.string().min(1).max(300),
    /** Who. */
    by: z.string(),
  }),

  /** A tool changed a file of the workspace. */
  "file.changed": z.strictObject({
    /** Relative to the workspace. */
    path: z.string(),
    change: z.enum(["created", "modified", "deleted"]),
    /** Added lines. */
    additions: z.int().nonnegative(),
    /** Deleted lines. */
    deletions: z.int().nonnegative(),
  }),

  /** The files of the workspace were saved: those after this event. */
  "checkpoint.created": z.strictObject({
    /** Git's name of the commit, hex. */
    commit: GitHash,
    /** Git's name of its tree: equal where the files are. */
    tree: GitHash.optional(),
    /**
     * `base`: before a task's first call that may write. `step`: after a step with such calls. `end`: when the task ended.
     * `before-revert`, `revert`: around a revert.
     */
    cause: z.enum(CHECKPOINT_CAUSES).optional(),
    /** Paths that are not in it: too large, or unreadable. At most 100. */
    omitted: z.array(z.string()).max(100).optional(),
  }),

  /** Files were reverted to their state after an earlier event. */
  "workspace.reverted": z.strictObject({
    toSeq: Seq,
    /** The checkpoint with the files as they are now. */
    commit: GitHash.optional(),
    /** Only these; absent: all. */
    paths: z.array(z.string()).max(MAX_REVERTED_PATHS).optional(),
    /** Who. */
    by: z.string().optional(),
  }),
} as const;
