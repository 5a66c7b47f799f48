import type { EventType } from "@trunkline/contract";

/** An event for consumers. Events copied by a fork or import happened elsewhere and are left out. */
export interface OutboxEntry {
  /** The event's id: the same on every delivery. */
  id: string;
  sessionId: string;
  seq: number;
  type: EventType;
  /** Of the event, ms since the epoch. */
  at: number;
}

/** Position in commit order. Opaque; only positions of the same store can be compared, and only by it. */
export type OutboxPlace = string;

export interface OutboxPage {
  /** In commit order, oldest first; of every consumer's types. */
  entries: OutboxEntry[];
  /** Position of the last entry; undefined if there is none. */
  place: OutboxPlace | undefined;
}

export interface ConsumerLag {
  name: string;
  /** Entries it has not passed yet, counted up to MAX_COUNTED_LAG. */
  waiting: number;
  /** When the oldest of them happened, ms since the epoch; null if there is none. */
  oldestAt: number | null;
}

export const MAX_COUNTED_LAG = 10_000;

/**
 * Entries that durable consumers have not seen yet. A commit adds one for each event that some consumer wants; it is
 * removed once all consumers are past it.
 */
export interface OutboxStore {
  /**
   * Registers a consumer, or changes which types it wants. A new one gets what is committed from now on. Call at each
   * start, before anything is appended.
   */
  register(consumer: { name: string; types: readonly EventType[] }): Promise<void>;
  /** Takes or renews the exclusive right to consume. @returns whether this node has it. */
  claim(name: string, nodeId: string, leaseMs: number): Promise<boolean>;
  /** Releases it early. */
  release(name: string, nodeId: string): Promise<void>;
  /** The entries after the consumer's cursor. */
  page(name: string, limit: number): Promise<OutboxPage>;
  /** Stores the cursor. @returns whether this node still has the right; if not, nothing is changed. */
  advance(name: string, nodeId: string, place: OutboxPlace): Promise<boolean>;
  /** Removes some entries that all consumers are past. @returns whether there may be more. */
  prune(): Promise<boolean>;
  lags(): Promise<ConsumerLag[]>;
}
