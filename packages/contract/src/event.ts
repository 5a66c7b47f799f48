import { z } from "zod";
import { Effort, Id, Json, ModelName, Seq, Timestamp, Usage } from "./primitives.ts";
import { Budget, BudgetUse } from "./budget.ts";
import { CHECKPOINT_CAUSES, GitHash } from "./checkpoint.ts";
import { BlobRef, ContentPart } from "./content-part.ts";
import { QuestionAnswer, QuestionForm, QuestionOption } from "./form.ts";
import { CarriedState } from "./carried-state.ts";
import { MAX_REVERTED_PATHS } from "./limits.ts";
import { RuleEffect, RuleLevel, RuleTerms } from "./rule.ts";
import { TaskReason, WHEN_BUSY } from "./task.ts";
import { NetworkRefusal } from "./network-refusal.ts";
import { Notice } from "./notice.ts";
import { SessionParent, SubagentEnded, SubagentStarted } from "./subagent.ts";
import { Location, ToolKind } from "./tool-kind.ts";
import { WorkArchived, WorkspaceKind } from "./workspace-choice.ts";

/**
 * The event union: everything that can happen in a session, durable facts in the past tense.
 *
 * Additions are welcome, changes are not: logs outlive versions, and a reader must ignore a type it does not know.
 */

const BlockId = z.string().min(1).max(200);
const CallId = z.string().min(1).max(200);

/** Why a task failed. */
export const TaskError = z.strictObject({
  /** What went wrong, for programs. */
  code: z.string().min(1),
  /** What went wrong, and what to do. */
  message: z.string(),
  /** Whether a retry may work. */
  retryable: z.boolean(),
});
export type TaskError = z.infer<typeof TaskError>;

/** A complete tool call by the model; a call that was cut off never becomes one. */
export const ToolCall = z.strictObject({
  /** Unique within the session. */
  callId: CallId,
  /** Name of the tool. */
  tool: z.string().min(1),
  /** The model's input. */
  input: Json,
  /** Short description for people, e.g. `npm test`. */
  title: z.string().max(500).optional(),
  /** The kind of work; UIs choose icons and wording by it. */
  kind: ToolKind.optional(),
  /** Files that it reads or changes. */
  locations: z.array(Location).max(100).optional(),
  /** Opaque; sent back verbatim to the provider it came from, and to no other. */
  providerMetadata: Json.optional(),
});
export type ToolCall = z.infer<typeof ToolCall>;

export const TOOL_STATUSES = ["succeeded", "failed", "denied", "interrupted", "canceled"] as const;
export const FINISH_REASONS = ["stop", "length", "content-filter", "tool-calls", "error", "other"] as const;

const Block = z.strictObject({
  /** Which block of text it belongs to. */
  blockId: BlockId,
  text: z.string(),
});

const WholeBlock = Block.extend({
  /** Opaque (a signature, encrypted reasoning); sent back verbatim to the provider it came from, and to no other. */
  providerMetadata: Json.optional(),
});

/** Git's name of a commit. */
const Commit = z.string().regex(/^[0-9a-f]{40,64}$/);

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

const EVENT_DATA = {
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

  /** A task was added to the session's queue. */
  "task.submitted": z.strictObject({
    prompt: z.string(),
    /** Requested model; null: the session's, else the server's default. */
    model: ModelName.nullable(),
    /** Requested agent; absent: the session's. */
    agent: z.string().optional(),
    /** Requested effort; absent: the session's, else the model's own default. */
    effort: Effort.optional(),
    /** The task that it retries. */
    retryOf: Id.optional(),
    /** Where in the queue it went. Absent in logs from before this and what follows were recorded. */
    whenBusy: z.enum(WHEN_BUSY).optional(),
    /** The unfinished task that it is a message for. */
    steers: Id.optional(),
    budget: Budget.optional(),
    /** The caller's key: the same one again gives this task back. */
    idempotencyKey: z.string().optional(),
    /** SHA-256 of what was submitted under the key, hex. */
    requestHash: z.string().optional(),
    /** The prompt has review comments and checks of this request in it: text by others. */
    broughtBack: z
      .strictObject({
        url: z.string(),
        /** What it has in it, so that it is not brought back again. */
        items: z.array(z.string()).max(500),
      })
      .optional(),
    /** Beside the prompt. */
    attachments: z.array(ContentPart).max(50).optional(),
  }),
  /** A queued task was edited, moved, or became a message for the running one; only what changed is present. */
  "task.updated": z.strictObject({
    prompt: z.string().optional(),
    /** The queued task that it now goes before; null: it goes last. */
    beforeTaskId: Id.nullable().optional(),
    /** It is now a message for this unfinished task. Moving it makes it an ordinary queued task again. */
    steers: Id.optional(),
  }),
  /** The task started. */
  "task.started": z.strictObject({
    /** Number of the attempt, from 1. */
    attempt: z.int().positive(),
    /** The process that runs it. */
    node: z.string().optional(),
  }),
  /** A message was handed to the running task. */
  "task.steered": z.strictObject({
    prompt: z.string(),
    /** The submitted task that became this. It ends in the same commit, `canceled` with the reason `steered`. */
    steeredTaskId: Id.optional(),
  }),
  /** Somebody asked to cancel the running task; its terminal event follows once it has ended. */
  "task.cancel-requested": z.strictObject({
    reason: TaskReason,
    /** Who. */
    by: z.string(),
  }),
  /** A crash or shutdown ended the attempt; the task is queued for another one. */
  "task.interrupted": z.strictObject({
    /** Number of the attempt. */
    attempt: z.int().positive(),
    /** What ended it. */
    reason: TaskReason,
  }),
  /** The task is waiting, and does not hold a slot meanwhile. */
  "task.input-required": z.strictObject({
    /** What it waits for: an approval, a question, a child, a limit. */
    reason: TaskReason,
    /** When it continues by itself (a limit that resets); ms since the epoch. */
    until: Timestamp.optional(),
    /** Why, for people. */
    message: z.string().optional(),
  }),
  /** Somebody asked to retry now a task that waits for a limit. */
  "task.released": z.strictObject({
    /** Who. */
    by: z.string(),
  }),
  /** The task resumed after waiting. */
  "task.resumed": z.strictObject({
    /** Number of the attempt, from 1. */
    attempt: z.int().positive(),
    /** The process that runs it. */
    node: z.string().optional(),
  }),
  /** Final: the task completed. */
  "task.completed": z.strictObject({
    /** The model's last text. */
    result: z.string(),
  }),
  /** Final: the task failed. */
  "task.failed": z.strictObject({
    /** What kind of failure it was. */
    reason: TaskReason,
    error: TaskError,
  }),
  /** Final: the task was canceled. */
  "task.canceled": z.strictObject({
    /** Why. */
    reason: TaskReason,
    /** Who did it. */
    by: z.string(),
  }),
  /** Final: the task was rejected. Reserved: not produced yet. */
  "task.rejected": z.strictObject({
    /** Why not. */
    reason: TaskReason,
  }),

  /** A model call started. `step` counts from 1 within the task, across attempts. */
  "step.started": z.strictObject({
    step: z.int().positive(),
    /** The model that is called. */
    model: ModelName,
    /** The effort it is asked for; absent: its own default. */
    effort: Effort.optional(),
  }),
  /** A model call completed; `toolCalls` are the calls it asked for, whether or not they have started. */
  "step.ended": z.strictObject({
    step: z.int().positive(),
    /** The model that was called; absent in logs from before it was recorded. */
    model: ModelName.optional(),
    /** What this call used. */
    usage: Usage,
    /** Why the model stopped. */
    finishReason: z.enum(FINISH_REASONS),
    /** What it asked for. */
    toolCalls: z.array(ToolCall),
    /** Working time of the task since its last completed step, in ms. */
    workedMs: z.int().nonnegative().optional(),
  }),

  /** The model was given instructions that stand in the project or its repository; what was given before stays as it is. */
  "instructions.read": z.strictObject({
    /** A later one of the same source and path replaces an earlier one. */
    documents: z
      .array(
        z.strictObject({
          /** Whose words they are: the project's settings, or a file of the repository. */
          source: z.enum(["project", "repository"]),
          /** Of the file, relative to the workspace. */
          path: z.string().max(4_096).optional(),
          text: z.string(),
          /** Bytes left out at the end because it was too long. */
          omittedBytes: z.int().positive().optional(),
        }),
      )
      .max(50),
    /** All skills of the repository; absent: as before. */
    skills: z
      .array(
        z.strictObject({
          name: z.string().max(100),
          /** When to use it. */
          description: z.string().max(2_000),
          /** Of its `SKILL.md`, relative to the workspace. */
          path: z.string().max(4_096),
        }),
      )
      .max(200)
      .optional(),
    /** A part may come from strangers: from here on more calls need approval. */
    readsUntrusted: z.literal(true).optional(),
  }),

  /** A piece of an answer. Removed from the log when its block ends. */
  "text.delta": Block,
  /** A complete block of an answer; replaces its pieces. */
  "text.ended": WholeBlock,
  /** A piece of reasoning. Removed from the log when its block ends. */
  "reasoning.delta": Block,
  /** A complete block of reasoning; replaces its pieces. */
  "reasoning.ended": WholeBlock,

  /** A tool call started: from here on it may have had side effects. */
  "tool.called": ToolCall.extend({
    /** Its output may come from strangers: from here on more calls need approval. */
    readsUntrusted: z.literal(true).optional(),
    /** The rule that allowed it, in words. */
    allowedBy: z.string().max(3_000).optional(),
  }),
  /** A piece of a tool's output. Removed from the log when the call ends. */
  "tool.progress": z.strictObject({
    /** Which call it belongs to. */
    callId: CallId,
    chunk: z.string(),
  }),
  /** A tool call ended; its output replaces the pieces. */
  "tool.ended": z.strictObject({
    /** Which call it was. */
    callId: CallId,
    /** How it ended. `interrupted`: by a crash or restart; it is unknown how far it got. */
    status: z.enum(TOOL_STATUSES),
    /** What the model gets to read. */
    output: z.string(),
    durationMs: z.int().nonnegative(),
    /** Exit code of the process, if there was one; null if a signal ended it. */
    exitCode: z.int().nullable().optional(),
    /** Bytes omitted from the middle of `output` because it was too long. */
    omittedBytes: z.int().positive().optional(),
    /** All of a command's output, where the middle was omitted from `output`; of a very long one the beginning. */
    fullOutput: BlobRef.optional(),
    /** What it gives beyond `output`: images, files, data, diffs. */
    content: z.array(ContentPart).max(100).optional(),
    /** The rule that denied it, in words. */
    deniedBy: z.string().max(3_000).optional(),
    /**
     * The question whose answer an interrupted call never got. The answer is kept for the task's next call that is the same and asks
     * the same.
     */
    unheardQuestionId: Id.optional(),
  }),

  /** A tool call needs approval. */
  "approval.requested": z.strictObject({
    approvalId: Id,
    /** The call that waits. */
    callId: CallId,
    /** Name of the tool. */
    tool: z.string(),
    /** The model's input. */
    input: Json,
    title: z.string().max(500).optional(),
    kind: ToolKind.optional(),
    locations: z.array(Location).max(100).optional(),
    /** Why it needs an answer. */
    reason: z.string(),
    /** What `always` allows for the rest of the session; absent: `always` is not offered. */
    always: z.string().optional(),
    /** The rules that `always` can make, the narrowest first: `always` names this one. Absent in logs from before. */
    rules: z.array(RuleTerms).max(10).optional(),
    /** When it is denied automatically; ms since the epoch. */
    expiresAt: Timestamp,
  }),
  /** An approval was answered. */
  "approval.answered": z.strictObject({
    approvalId: Id,
    /** `always` also allows calls like this one from now on. */
    decision: z.enum(["allow", "always", "deny"]),
    /** Who decided. */
    by: z.string(),
    /** A note for the model. */
    note: z.string().optional(),
    /** The rule that `always` made. One of a session is created by the event after this. */
    rule: RuleTerms.extend({ ruleId: z.string().max(100), level: RuleLevel }).optional(),
  }),
  /** An approval timed out. */
  "approval.expired": z.strictObject({ approvalId: Id }),
  /** A rule of this session was created. */
  "rule.created": RuleTerms.extend({
    ruleId: Id,
    effect: RuleEffect,
    /** When it stops to hold; null: never. Ms since the epoch. */
    expiresAt: Timestamp.nullable(),
    /** Who created it. */
    by: z.string(),
    /** The approval that was answered with `always`. */
    approvalId: Id.optional(),
  }),
  /** A rule of this session was deleted. */
  "rule.deleted": z.strictObject({
    ruleId: Id,
    /** Who deleted it. */
    by: z.string(),
  }),

  /** The agent, or an MCP server in the middle of a call, asked the user a question. */
  "question.asked": z.strictObject({
    questionId: Id,
    /** The call that waits for the answer. */
    callId: CallId,
    text: z.string(),
    options: z.array(QuestionOption).max(50).optional(),
    /** Whether several options may be chosen. */
    multiple: z.boolean().optional(),
    /** What an MCP server asks for. The call has started and goes on with the answer. Absent: the agent asks. */
    form: QuestionForm.optional(),
    /** When the agent continues without an answer; ms since the epoch. */
    expiresAt: Timestamp.optional(),
  }),
  /** A question was answered. */
  "question.answered": z.strictObject({
    questionId: Id,
    answer: QuestionAnswer,
    /** Who answered. */
    by: z.string(),
    /** It is the answer to this earlier question, which its call never got: nobody was asked again. */
    repeats: Id.optional(),
  }),
  /** A question timed out, or the MCP server that asked it waits no longer. */
  "question.expired": z.strictObject({ questionId: Id }),

  /** A task in a session of its own works on behalf of this one. */
  "subagent.started": SubagentStarted,
  /** That task ended. */
  "subagent.ended": SubagentEnded,

  /** The agent's plan changed; this is all of it. */
  "plan.updated": z.strictObject({
    /** In order. */
    items: z.array(
      z.strictObject({
        text: z.string(),
        status: z.enum(["pending", "active", "done"]),
      }),
    ),
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
  /** Older history was summarised so that the model can continue. */
  "context.compacted": z.strictObject({
    /** The last event that the summary covers. */
    upToSeq: Seq,
    summary: z.string(),
    /** The model that wrote it, and what that used; absent where no model did. */
    model: ModelName.optional(),
    usage: Usage.optional(),
    /** What a reader who begins after `upToSeq` has to know of what came before. */
    carried: CarriedState.optional(),
  }),
  /** What the next model call may use of the budgets that the task shares with others; until its step ends. */
  "budget.reserved": z.strictObject({
    tokens: z.int().nonnegative(),
    costUsd: z.number().nonnegative(),
  }),
  /** Most of a budget is used; once per budget and limit. */
  "budget.warned": BudgetUse,
  /** A budget is used up: the task fails. */
  "budget.exceeded": BudgetUse,
  /** A message for people. */
  notice: Notice,
} as const;

export type EventType = keyof typeof EVENT_DATA;
export const EVENT_TYPES = Object.keys(EVENT_DATA) as EventType[];

export type EventDataOf<T extends EventType> = z.infer<(typeof EVENT_DATA)[T]>;

interface EventOf<T extends EventType> {
  sessionId: string;
  taskId: string | null;
  seq: number;
  /** Integer milliseconds since the epoch, for people; order is `seq`, never time. */
  at: number;
  type: T;
  data: EventDataOf<T>;
}

export type SessionEvent = { [T in EventType]: EventOf<T> }[EventType];

/** What happened, without where and when: what a run writes, and what projections read of any event. */
export type EventBody = { [T in EventType]: { type: T; data: EventDataOf<T> } }[EventType];

/** What a writer hands to the log: the log itself adds the session, the seq and the time. */
export type EventDraft = {
  [T in EventType]: { taskId: string | null; type: T; data: EventDataOf<T> };
}[EventType];

const eventSchema = (type: EventType) =>
  z.strictObject({
    sessionId: Id,
    taskId: Id.nullable(),
    seq: Seq,
    at: Timestamp,
    type: z.literal(type),
    data: EVENT_DATA[type] as z.ZodType,
  });
const [firstType, ...otherTypes] = EVENT_TYPES as [EventType, ...EventType[]];

// The union is built from the table above, so the compiler cannot follow it; the table is what types and parser share.
/** Something that happened in a session. Ignore unknown types: there will be more. */
export const SessionEvent = z.discriminatedUnion("type", [
  eventSchema(firstType),
  ...otherTypes.map(eventSchema),
]) as unknown as z.ZodType<SessionEvent, SessionEvent>;

/** @throws ZodError where `data` is not what an event of this type carries. */
export function parseEventData<T extends EventType>(type: T, data: unknown): EventDataOf<T> {
  return EVENT_DATA[type].parse(data) as EventDataOf<T>;
}
