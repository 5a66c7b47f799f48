import type { EventDraft, TaskState } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";
import type { StoredRule } from "./rules.ts";

/** An event without session, seq and time, which the log adds. */
export type StoredDraft = EventDraft & {
  /** The attempt that writes it. */
  attempt?: number;
};

/** Refuses an append unless this attempt still holds the task: keeps out late writes of zombies. */
export interface Fence {
  taskId: string;
  attempt: number;
}

/** Preconditions of an append, checked in its transaction; if one fails, nothing is stored. */
export interface Expectation {
  /** The session exists and belongs to this user. */
  ownerId?: string;
  /** The session works on behalf of no task. */
  notSubagent?: boolean;
  /** The session is not archived. */
  notArchived?: boolean;
  /** The session still has this title. */
  title?: string;
  /** The session has no unfinished task. */
  notBusy?: boolean;
  /** The task is in one of these states, at this attempt, with this version of its message for another. */
  task?: { id: string; states?: readonly TaskState[]; attempt?: number; steerSeq?: number };
  /** Another session exists (a fork's parent). */
  sessionId?: string;
}

export interface AppendOptions {
  fence?: Fence;
  expect?: Expectation;
  /** Owner of a session that the events create. */
  ownerId?: string;
  /** The session was filled hidden; from here on it is visible. */
  reveals?: boolean;
  /** Blocks ended by these events: their pieces, from `fromSeq` on, are deleted. */
  endedBlocks?: readonly { blockId: string; fromSeq: number }[];
  /** Stored in the same commit. */
  audit?: AuditRecord;
  /** A rule that an answer made, beyond its session; stored in the same commit. */
  rule?: StoredRule;
  /**
   * Ends or deletes something, or lets in somebody who can. On a full disk only such appends are accepted, into space
   * reserved for them, so that tasks can end and users can free space.
   */
  mayUseBallast?: boolean;
}
