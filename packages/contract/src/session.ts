import { z } from "zod";
import { Approval } from "./approval.ts";
import { SessionEvent } from "./event.ts";
import {
  DEFAULT_EVENT_PAGE_SIZE,
  DEFAULT_PAGE_SIZE,
  MAX_EVENT_PAGE_SIZE,
  MAX_PAGE_SIZE,
  MAX_TITLE_LENGTH,
} from "./limits.ts";
import { Question } from "./question.ts";
import {
  AgentName,
  Effort,
  EventCursor,
  Id,
  isLegible,
  ModelName,
  PageCursor,
  Seq,
  Timestamp,
} from "./primitives.ts";
import { SessionParent } from "./subagent.ts";
import { Task, TaskReason, TaskState } from "./task.ts";
import { ToolKind } from "./tool-kind.ts";
import { checkChoice, WORKSPACE_CHOICE, WorkspaceKind } from "./workspace-choice.ts";

/** What a task does right now: it calls the model, or a tool. */
export const CurrentStep = z.strictObject({
  /** What kind of tool it calls; null: the model. */
  tool: ToolKind.nullable(),
  /** Title of the call, or name of the model. */
  title: z.string(),
  /** ms since the epoch. */
  startedAt: Timestamp,
  /** What it did before, oldest first: at most 16. */
  recent: z.array(z.strictObject({ tool: ToolKind.nullable(), startedAt: Timestamp })),
});
export type CurrentStep = z.infer<typeof CurrentStep>;

export const SESSION_STATUSES = ["idle", "queued", "working", "input-required"] as const;

/** A conversation: tasks that run one at a time and see what earlier ones did. */
export const Session = z.strictObject({
  id: Id,
  /** Its owner; nobody else can see it. */
  ownerId: Id,
  title: z.string(),
  /** Agent for tasks that name none. */
  agent: z.string(),
  /** Model for tasks that name none; null: the server's default. */
  model: ModelName.nullable(),
  /** Effort for tasks that name none; null: the model's own default. */
  effort: Effort.nullable(),
  /** The session's working directory on the server. */
  workspace: z.string(),
  /** The project that it works in. */
  projectId: Id.nullable(),
  /** Branch, tag or commit that it starts from; null: the project's, or none. */
  baseRef: z.string().nullable(),
  /** Whether it works in a clone, in the project's directory, or in one of its own. */
  workspaceKind: WorkspaceKind,
  /** The branch that it works on; null without a project. */
  branch: z.string().nullable(),
  /** The task on behalf of which it works. Such a session is in no list; it is read by its id. */
  parent: SessionParent.optional(),
  /** The session it was forked from. */
  parentId: Id.nullable(),
  /** The last event it shares with that one. */
  forkedAtSeq: Seq.nullable(),
  /** Seq of its newest event. */
  lastSeq: Seq,
  createdAt: Timestamp,
  /** When it last changed; ms since the epoch. */
  updatedAt: Timestamp,
  /** When it was archived; null if it is not. */
  archivedAt: Timestamp.nullable(),
  /** Derived from the session's tasks when read; not stored. */
  status: z.enum(SESSION_STATUSES),
  /** The active task, else the last one that ended; null in a session without tasks. */
  currentTask: z
    .strictObject({
      id: Id,
      state: TaskState,
      /** Why it is in this state, e.g. what it waits for; null if there is nothing to add. */
      reason: TaskReason.nullable(),
      /** When it first started; ms since the epoch. */
      startedAt: Timestamp.nullable(),
      /** When it reached its final state; ms since the epoch. */
      endedAt: Timestamp.nullable(),
      /** What it does, or did last before it began to wait; absent: it has not started, or has ended. */
      step: CurrentStep.optional(),
      /** How it ended: the beginning of its answer, or of what went wrong. */
      outcome: z.string().optional(),
      /** Cost of its completed model calls in US dollars; null: the price is unknown; absent: there is none. */
      costUsd: z.number().nonnegative().nullable().optional(),
    })
    .nullable(),
  /** Number of tasks that wait for their turn; absent: none. */
  queued: z.int().positive().optional(),
  /** Number of sessions in which subagents of its tasks work or worked; absent: none. */
  subagents: z.int().positive().optional(),
});
export type Session = z.infer<typeof Session>;

const Title = z
  .string()
  .trim()
  .min(1)
  .max(MAX_TITLE_LENGTH)
  .refine(isLegible, "The title has no visible character");

export const CreateSessionInput = z
  .strictObject({
    /** Title; absent: the server chooses one. */
    title: Title.optional(),
    /** Model for tasks that name none; absent: the server's default. */
    model: ModelName.optional(),
    /** Agent for tasks that name none; absent: `default`. */
    agent: AgentName.optional(),
    /** Effort for tasks that name none; absent: the model's own default. */
    effort: Effort.optional(),
    ...WORKSPACE_CHOICE,
  })
  .superRefine(checkChoice);
export type CreateSessionInput = z.infer<typeof CreateSessionInput>;

export const UpdateSessionInput = z.strictObject({
  sessionId: Id,
  /** New title. */
  title: Title.optional(),
  /** Model for future tasks that name none; null: the server's default. */
  model: ModelName.nullable().optional(),
  /** Agent for tasks that name none, from their next start on. */
  agent: AgentName.optional(),
  /** Effort for future tasks that name none; null: the model's own default. */
  effort: Effort.nullable().optional(),
  /** Whether to hide it from lists. */
  archived: z.boolean().optional(),
});
export type UpdateSessionInput = z.infer<typeof UpdateSessionInput>;

export const ForkSessionInput = z.strictObject({
  sessionId: Id,
  /** The last event that the fork includes; absent: all events. */
  atSeq: Seq.min(1).optional(),
  /** Absent: the parent's. */
  title: Title.optional(),
});
export type ForkSessionInput = z.infer<typeof ForkSessionInput>;

export const SessionRef = z.strictObject({ sessionId: Id });
export type SessionRef = z.infer<typeof SessionRef>;

export const DeleteSessionInput = z.strictObject({
  sessionId: Id,
  /** Delete it although its clone of a project has work that is published nowhere. */
  discardWork: z.boolean().default(false),
});
export type DeleteSessionInput = z.infer<typeof DeleteSessionInput>;

/** A session with its tasks and open requests. */
export const SessionDetail = z.strictObject({
  session: Session,
  /** The active and queued tasks, and the newest ended ones; newest first. */
  tasks: z.array(Task),
  /** Calls that wait for an answer, newest first. */
  approvals: z.array(Approval),
  /** Questions that wait for an answer, newest first. */
  questions: z.array(Question),
  /** Seq of the session's newest event: follow from here to see only what is new. */
  lastSeq: Seq,
});
export type SessionDetail = z.infer<typeof SessionDetail>;

export const ListSessionsInput = z.strictObject({
  /** Only sessions whose title contains this, ignoring case, accents and width. */
  query: z.string().trim().min(1).max(MAX_TITLE_LENGTH).optional(),
  /** List archived sessions instead. */
  archived: z.boolean().default(false),
  /** List the sessions of this session's subagents instead: they are in no other list. */
  parentSessionId: Id.optional(),
  cursor: PageCursor.optional(),
  /** Maximum number of items. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListSessionsInput = z.infer<typeof ListSessionsInput>;

/** Most recently changed first. */
export const SessionPage = z.strictObject({
  items: z.array(Session),
  /** Pass it as `cursor` to get the next page; null on the last page. */
  nextCursor: PageCursor.nullable(),
});
export type SessionPage = z.infer<typeof SessionPage>;

export const ListEventsInput = z
  .strictObject({
    sessionId: Id,
    /** Events with a seq greater than this, oldest first. */
    after: Seq.optional(),
    /** The newest events with a seq smaller than this; also oldest first. */
    before: Seq.optional(),
    /** Maximum number of items. */
    limit: z.int().min(1).max(MAX_EVENT_PAGE_SIZE).default(DEFAULT_EVENT_PAGE_SIZE),
  })
  .refine((input) => input.after === undefined || input.before === undefined, {
    message: "Use either after or before, not both",
  });
export type ListEventsInput = z.infer<typeof ListEventsInput>;

/** A piece of a session's log, oldest first. */
export const EventPage = z.strictObject({
  events: z.array(SessionEvent),
  /** Whether there are more events in that direction. */
  hasMore: z.boolean(),
});
export type EventPage = z.infer<typeof EventPage>;

export const SubscribeInput = z.strictObject({
  sessionId: Id,
  /** Seq of the last event the subscriber has; absent: from the beginning. */
  lastEventId: EventCursor.optional(),
});
export type SubscribeInput = z.infer<typeof SubscribeInput>;

/** What one message of `session.subscribe` carries: all events that were pending, in order. */
export interface EventBatch {
  events: SessionEvent[];
  /** False while history is replayed; true from the batch that caught up on, which may be empty. */
  live: boolean;
}
