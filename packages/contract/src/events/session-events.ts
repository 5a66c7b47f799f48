import { z } from "zod";
import { Effort, Id, ModelName, Seq, Timestamp, Usage } from "../primitives.ts";
import { Notice } from "../notice.ts";
import { SessionParent } from "../subagent.ts";
import { WorkspaceKind } from "../workspace-choice.ts";
import { Commit } from "./event-parts.ts";

/** What a session works on; absent: no project, in a directory of its own. */
const CHOSEN_WORKSPACE = {
  projectId: Id.optional(),
  /** Branch, tag or commit to start from; absent: the project's. */
  baseRef: z.string().optional(),
  workspaceKind: WorkspaceKind.optional(),
  /** The branch of its own that it works on. */
  branch: z.string().optional(),
  /** It starts with what was not committed in the project's directory. */
  includeUncommitted: z.literal(true).optional(),
};

/** What happens to a session as a whole. */
export const SESSION_EVENTS = {
  /** The session was created. */
  "session.created": z.strictObject({
    title: z.string(),
    /** Its user named it; absent: the title comes from the prompt, or there is none yet. */
    isTitleGiven: z.literal(true).optional(),
    /** Model for tasks that name none; null: the server's default. */
    model: ModelName.nullable(),
    /** Absent: the model's own default. */
    effort: Effort.optional(),
    /** Absent in logs from before it was recorded: `default`. */
    agent: z.string().optional(),
    /** The task on behalf of which it works; a session by itself has none. */
    parent: SessionParent.optional(),
    /** Where it works, if that is another session's: relative to the data directory, or a directory of the project's. */
    workspace: z.string().optional(),
    /** Its first prompt may come from strangers. */
    readsUntrusted: z.literal(true).optional(),
    ...CHOSEN_WORKSPACE,
  }),
  /** The session was renamed, archived or set to another model, effort or agent; only what changed is present. */
  "session.updated": z.strictObject({
    title: z.string().optional(),
    model: ModelName.nullable().optional(),
    agent: z.string().optional(),
    effort: Effort.nullable().optional(),
    archived: z.boolean().optional(),
    /** A model wrote a title, and what that used. Without `title`: its user named the session meanwhile. */
    generated: z.strictObject({ ofTaskId: Id, model: ModelName, usage: Usage }).optional(),
  }),

  /** A model is asked for a title; once per session, whatever comes of it. */
  "title.requested": z.strictObject({
    /** The task whose prompt and answer it gets. */
    ofTaskId: Id,
    model: ModelName,
  }),

  /** The session was forked: everything before this is shared with its parent. */
  "session.forked": z.strictObject({
    /** The session it was forked from. */
    parentId: Id,
    /** The last event it shares with that one. */
    atSeq: Seq,
    /** The fork's own; absent in logs from before they were recorded. */
    title: z.string().optional(),
    model: ModelName.nullable().optional(),
    effort: Effort.optional(),
    agent: z.string().optional(),
    /** Up to this event the shared log came from elsewhere; 0 or absent: none of it. */
    importedSeq: Seq.optional(),
    /** The files it starts with may be by strangers, whatever the shared log says. */
    readsUntrusted: z.literal(true).optional(),
    ...CHOSEN_WORKSPACE,
  }),
  /** The session was imported: everything before this comes from a document, and approvals in it allow nothing here. */
  "session.imported": z.strictObject({
    title: z.string(),
    agent: z.string(),
    model: ModelName.nullable(),
    /** When the original was created; ms since the epoch. */
    createdAt: Timestamp,
    /** When the original last changed; ms since the epoch. */
    updatedAt: Timestamp,
    /** SHA-256 of the document, hex: the same import key with another one is a conflict. */
    documentHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  }),
  /** The session's work was published. */
  "session.published": z.strictObject({
    /** As what. */
    kind: z.enum(["branch", "pull-request", "patch", "local"]).optional(),
    branch: z.string().optional(),
    /** Of the branch, or of the request to merge it. */
    url: z.string().optional(),
    /** What was published. */
    commit: Commit.optional(),
    /** Number of the request to merge it. */
    number: z.int().positive().optional(),
  }),

  /** A message for people. */
  notice: Notice,
} as const;
