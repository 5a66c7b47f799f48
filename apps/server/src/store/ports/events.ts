import type { EventPage, EventType, SessionEvent } from "@trunkline/contract";

/** An event without its data. */
export type ListedEvent = Pick<SessionEvent, "seq" | "taskId" | "type">;

export interface ReadRange {
  /** Events with a greater seq, oldest first. */
  after?: number;
  /** The newest events with a smaller seq, oldest first. */
  before?: number;
  limit: number;
  /** Leaves out those large events for which it returns true; their data is not read. */
  leaveOut?: (event: ListedEvent) => boolean;
}

/** Which events of some types. */
export interface TypesRange {
  after?: number;
  upTo?: number;
  /** Of these tasks alone. */
  taskIds?: readonly string[];
}

/** Read access to the logs. */
export interface EventStore {
  page(sessionId: string, range: ReadRange): Promise<EventPage>;
  /** The events after each session's seq, up to `limit` each, for a reader that follows them all. */
  news(after: ReadonlyMap<string, number>, limit: number): Promise<Map<string, EventPage>>;
  /** The newest event of one of these types, before a seq. */
  last<T extends EventType>(
    sessionId: string,
    types: readonly T[],
    beforeSeq?: number,
  ): Promise<Extract<SessionEvent, { type: T }> | undefined>;
  /** Only events of these types, oldest first; one page in memory at a time, however long the log. */
  ofTypes<T extends EventType>(
    sessionId: string,
    types: readonly T[],
    range?: TypesRange,
  ): AsyncGenerator<Extract<SessionEvent, { type: T }>, void>;
}
