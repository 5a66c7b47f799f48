import type { EventPage, EventType, SessionEvent } from "@trunkline/contract";

export interface ReadRange {
  /** Events with a greater seq, oldest first. */
  after?: number;
  /** The newest events with a smaller seq, oldest first. */
  before?: number;
  limit: number;
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
    range?: { after?: number; upTo?: number },
  ): AsyncGenerator<Extract<SessionEvent, { type: T }>, void>;
}
