import { z } from "zod";
import { AGENT_EVENTS } from "./events/agent-events.ts";
import { REQUEST_EVENTS } from "./events/request-events.ts";
import { SESSION_EVENTS } from "./events/session-events.ts";
import { TASK_EVENTS } from "./events/task-events.ts";
import { WORKSPACE_EVENTS } from "./events/workspace-events.ts";
import { Id, Seq, Timestamp } from "./primitives.ts";

/**
 * The event union: everything that can happen in a session, durable facts in the past tense.
 *
 * Additions are welcome, changes are not: logs outlive versions, and a reader must ignore a type it does not know.
 */
const EVENT_DATA = {
  ...SESSION_EVENTS,
  ...WORKSPACE_EVENTS,
  ...TASK_EVENTS,
  ...AGENT_EVENTS,
  ...REQUEST_EVENTS,
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
