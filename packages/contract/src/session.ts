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
import { EventCursor, Id, ModelName, PageCursor, Seq, Timestamp } from "./primitives.ts";
import { Task, TaskState } from "./task.ts";

export const SESSION_STATUSES = ["idle", "queued", "working", "input-required"] as const;

/** A conversation: tasks that see what those before them did, one at a time. */
export const Session = z.strictObject({
  id: Id,
  /** Whose it is: nobody else can see it. */
  ownerId: Id,
  title: z.string(),
  /** Name of the agent that does its tasks. */
  agent: z.string(),
  /** Model of tasks that name none; null: the server's default. */
  model: ModelName.nullable(),
  /** Directory on the server that the session's tools work in. */
  workspace: z.string(),
  /** The session it was forked from. */
  parentId: Id.nullable(),
  /** The last event it shares with that one. */
  forkedAtSeq: Seq.nullable(),
  /** Seq of its newest event. */
  lastSeq: Seq,
  createdAt: Timestamp,
  /** When something last happened in it; ms since the epoch. */
  updatedAt: Timestamp,
  /** When it was archived; null while it is not. */
  archivedAt: Timestamp.nullable(),
  /** Derived from the session's tasks at the moment of reading; never stored. */
  status: z.enum(SESSION_STATUSES),
  /** The task that occupies the session, or the last one that ended; null in a session without tasks. */
  currentTask: z
    .strictObject({
      id: Id,
      state: TaskState,
      /** When its first attempt began; ms since the epoch. */
      startedAt: Timestamp.nullable(),
      /** When it reached its final state; ms since the epoch. */
      endedAt: Timestamp.nullable(),
    })
    .nullable(),
});
export type Session = z.infer<typeof Session>;

const Title = z.string().trim().min(1).max(MAX_TITLE_LENGTH);

export const CreateSessionInput = z.strictObject({
  /** What it is called; absent: the server names it. */
  title: Title.optional(),
  /** Model of tasks that name none; absent: the server's default. */
  model: ModelName.optional(),
});
export type CreateSessionInput = z.infer<typeof CreateSessionInput>;

export const UpdateSessionInput = z.strictObject({
  sessionId: Id,
  /** A new name. */
  title: Title.optional(),
  /** Model of tasks to come that name none; null: the server's default. */
  model: ModelName.nullable().optional(),
  /** Whether lists leave it out. */
  archived: z.boolean().optional(),
});
export type UpdateSessionInput = z.infer<typeof UpdateSessionInput>;

export const ForkSessionInput = z.strictObject({
  sessionId: Id,
  /** The fork starts as the log up to and including this event; absent: all of it. */
  atSeq: Seq.min(1).optional(),
  /** Absent: the parent's. */
  title: Title.optional(),
});
export type ForkSessionInput = z.infer<typeof ForkSessionInput>;

export const SessionRef = z.strictObject({ sessionId: Id });
export type SessionRef = z.infer<typeof SessionRef>;

/** A session with what is worth knowing at once. */
export const SessionDetail = z.strictObject({
  session: Session,
  /** The active and queued tasks, and the newest ended ones; newest first. */
  tasks: z.array(Task),
  /** Calls that wait for an answer, newest first. */
  approvals: z.array(Approval),
  /** Seq of the session's newest event: follow from here to see only what is new. */
  lastSeq: Seq,
});
export type SessionDetail = z.infer<typeof SessionDetail>;

export const ListSessionsInput = z.strictObject({
  /** Only sessions whose title contains this, whatever the case, accents and width. */
  query: z.string().trim().min(1).max(MAX_TITLE_LENGTH).optional(),
  /** Archived sessions instead of the others. */
  archived: z.boolean().default(false),
  cursor: PageCursor.optional(),
  /** How many to answer at most. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListSessionsInput = z.infer<typeof ListSessionsInput>;

/** The last changed first. */
export const SessionPage = z.strictObject({
  items: z.array(Session),
  /** Give it back as `cursor` for the next page; null on the last. */
  nextCursor: PageCursor.nullable(),
});
export type SessionPage = z.infer<typeof SessionPage>;

export const ListEventsInput = z
  .strictObject({
    sessionId: Id,
    /** Events with a seq greater than this, oldest first. */
    after: Seq.optional(),
    /** The newest events with a seq smaller than this; still answered oldest first. */
    before: Seq.optional(),
    /** How many to answer at most. */
    limit: z.int().min(1).max(MAX_EVENT_PAGE_SIZE).default(DEFAULT_EVENT_PAGE_SIZE),
  })
  .refine((input) => input.after === undefined || input.before === undefined, {
    message: "Give either after or before, not both",
  });
export type ListEventsInput = z.infer<typeof ListEventsInput>;

/** A piece of a session's log, oldest first. */
export const EventPage = z.strictObject({
  events: z.array(SessionEvent),
  /** Whether there is more in the direction that was asked for. */
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
