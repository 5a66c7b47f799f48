import type { EventPage, EventType, SessionEvent } from "@trunkline/contract";

export interface ReadRange {
  /** Events with a greater seq, oldest first. */
  after?: number;
  /** The newest events with a smaller seq, answered oldest first. */
  before?: number;
  limit: number;
}

/** The logs, to read. */
export interface EventStore {
  page(sessionId: string, range: ReadRange): Promise<EventPage>;
  /** Of several sessions what is after each one's seq, up to `limit` each: for who follows them all. */
  news(after: ReadonlyMap<string, number>, limit: number): Promise<Map<string, EventPage>>;
  /** The newest event of one of these types, before a seq. */
  last<T extends EventType>(
    sessionId: string,
    types: readonly T[],
    beforeSeq?: number,
  ): Promise<Extract<SessionEvent, { type: T }> | undefined>;
  /** Events of these types alone, oldest first; one page in memory at a time, however long the log is. */
  ofTypes<T extends EventType>(
    sessionId: string,
    types: readonly T[],
    range?: { after?: number; upTo?: number },
  ): AsyncGenerator<Extract<SessionEvent, { type: T }>, void>;
}
