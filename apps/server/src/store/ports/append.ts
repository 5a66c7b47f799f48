import type { EventDraft, TaskState } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";

/** An event for the log, which adds session, seq and time. */
export type StoredDraft = EventDraft & {
  /** Of the run that writes it. */
  attempt?: number;
};

/** Refuses an append unless this attempt of the task still holds it: keeps a zombie's late writes out. */
export interface Fence {
  taskId: string;
  attempt: number;
}

/** What must hold for an append; checked in its transaction, and the first that does not refuses all of it. */
export interface Expectation {
  /** The session is there, and this user's. */
  ownerId?: string;
  /** The session is not archived. */
  notArchived?: boolean;
  /** No task of the session is unfinished. */
  notBusy?: boolean;
  /** A task is in one of these states, and at this attempt. */
  task?: { id: string; states?: readonly TaskState[]; attempt?: number };
  /** Another session is there that must be (a fork's parent). */
  sessionId?: string;
}

export interface AppendOptions {
  fence?: Fence;
  expect?: Expectation;
  /** Whose the session is, where the events begin one. */
  ownerId?: string;
  /** The session was filled out of sight; from here on it can be found. */
  reveals?: boolean;
  /** Blocks that ended with these events: their pieces, from `fromSeq` on, are deleted. */
  endedBlocks?: readonly { blockId: string; fromSeq: number }[];
  /** Stored with the events. */
  audit?: AuditRecord;
  /**
   * Ends or deletes something, or lets somebody in who may. On a full disk such appends, and no others, are written into
   * the room that the store has kept for them, so that tasks can end and users can make room.
   */
  mayUseBallast?: boolean;
}
