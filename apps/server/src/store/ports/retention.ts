import type { AuditRecord } from "./audit.ts";

/** What is known of the clock by those who remove sessions by policy. */
export interface ClockRecord {
  /** When a node last looked, ms since the epoch. */
  seenAt: number;
  /** Until then nothing is removed; null: the clock is trusted. */
  heldUntil: number | null;
  /** By how much the time had jumped, in ms; null as before. */
  gapMs: number | null;
}

/** A session that nothing has happened in for long: with its subagents', whose fate it shares. */
export interface RetiringSession {
  id: string;
  ownerId: string;
  isArchived: boolean;
  lastSeq: number;
  /** When something last happened here, in it or in a subagent's; ms since the epoch. */
  lastAt: number;
  /** Whether a task of it or of a subagent's has not ended. */
  isBusy: boolean;
  /** Sessions of its subagents, and of theirs. */
  descendants: number;
}

/** Removal of sessions by policy: on one node at a time, and only by a clock that has been seen to go steadily. */
export interface RetentionStore {
  /** Takes or renews the right to remove. @returns whether this node has it. */
  claim(nodeId: string, leaseMs: number): Promise<boolean>;
  /** @returns undefined before anybody has looked. */
  clock(): Promise<ClockRecord | undefined>;
  /** Only with the right to remove. @throws GuardFailedError without it */
  noteClock(nodeId: string, record: ClockRecord): Promise<void>;
  /** When the newest session changed, ms since the epoch; undefined: there is none. */
  newestChange(): Promise<number | undefined>;
  /** Sessions that nothing was said in since, if archived and if not; null: none of those. Those that changed first come first. */
  stale(query: {
    archivedBefore: number | null;
    idleBefore: number | null;
    after?: { updatedAt: number; id: string } | undefined;
    limit: number;
  }): Promise<(RetiringSession & { updatedAt: number })[]>;
  /** How many there are. */
  countStale(query: { archivedBefore: number | null; idleBefore: number | null }): Promise<number>;
  /** What logs and attachments take, in bytes, without what nothing refers to any more. */
  storedBytes(): Promise<number>;
  /** What a session's log and attachments take, with those of its subagents, in bytes: rather too much than too little. */
  storedBytesOf(sessionId: string): Promise<number>;
  /**
   * Hides it with its subagents', to be removed by this node, if nothing has happened in any of them.
   * @throws GuardFailedError where something has, or a task has not ended
   */
  retire(session: RetiringSession, by: { at: number; nodeId: string }, audit: AuditRecord): Promise<void>;
}
