import type { EventType } from "@trunkline/contract";

/** Something that happened in a session. What a fork or an import brings along happened elsewhere, and is not told. */
export interface OutboxEntry {
  /** The event's: the same each time that it is told. */
  id: string;
  sessionId: string;
  seq: number;
  type: EventType;
  /** Of the event, ms since the epoch. */
  at: number;
}

/** Where in the order of commits. Opaque; only places of the same store can be compared, and only by it. */
export type OutboxPlace = string;

export interface OutboxPage {
  /** In the order of commits, oldest first; of every consumer's types. */
  entries: OutboxEntry[];
  /** Of the last entry; undefined where there is none. */
  place: OutboxPlace | undefined;
}

export interface ConsumerLag {
  name: string;
  /** Entries that it has not passed yet; those beyond MAX_COUNTED_LAG are not counted. */
  waiting: number;
  /** When the oldest of them happened, ms since the epoch; null where none waits. */
  oldestAt: number | null;
}

export const MAX_COUNTED_LAG = 10_000;

/**
 * What durable consumers have yet to see. A commit leaves an entry for each of its events whose type some consumer wants;
 * it goes once all consumers are past it.
 */
export interface OutboxStore {
  /**
   * Makes a consumer known, or changes which types it wants. A new one is told what is committed from now on. To be called at
   * each start, before anything is appended.
   */
  register(consumer: { name: string; types: readonly EventType[] }): Promise<void>;
  /** Takes or renews the right to consume, which one node has at a time. @returns whether the node has it. */
  claim(name: string, nodeId: string, leaseMs: number): Promise<boolean>;
  /** Gives it up before its time. */
  release(name: string, nodeId: string): Promise<void>;
  /** What comes after the consumer's cursor. */
  page(name: string, limit: number): Promise<OutboxPage>;
  /** Stores the cursor. @returns whether the node still has the right to; where not, nothing is changed. */
  advance(name: string, nodeId: string, place: OutboxPlace): Promise<boolean>;
  /** Removes some of what all consumers are past. @returns whether there may be more of it. */
  prune(): Promise<boolean>;
  lags(): Promise<ConsumerLag[]>;
}
