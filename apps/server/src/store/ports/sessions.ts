import type { Session, SessionEvent } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";

/** A session as it is stored; `workspace` is relative to the data directory. */
export interface StoredSession extends Session {
  /** Up to this event its log came from elsewhere; 0: none of it. */
  importedSeq: number;
}

/** An event with the seq that it has to get: one of a document. */
export type ImportedEvent = Pick<SessionEvent, "seq" | "taskId" | "at" | "type" | "data">;

/**
 * Sessions. What their rows say follows from their logs; only being filled and being removed are no events: all the while
 * a session is out of sight, and an owner's reads do not find it.
 */
export interface SessionStore {
  /** @returns undefined where there is none, or where it is somebody else's. */
  find(ownerId: string, sessionId: string): Promise<StoredSession | undefined>;
  /** The cheap form. @returns the seq of its newest event. */
  lastSeq(ownerId: string, sessionId: string): Promise<number | undefined>;
  /** The same for several, whosever they are; those that cannot be found are not in it. */
  lastSeqs(sessionIds: readonly string[]): Promise<Map<string, number>>;
  /** Also of one that is out of sight. */
  ownerOf(sessionId: string): Promise<string | undefined>;
  /** Those of the owner, the last changed first: the archived ones or the others. */
  page(query: {
    ownerId: string;
    archived: boolean;
    /** What their titles contain. */
    text?: string;
    after?: { sort: number | string; id: string };
    limit: number;
  }): Promise<StoredSession[]>;
  /** Which of these are the owner's, as they are now. */
  several(ownerId: string, sessionIds: readonly string[]): Promise<StoredSession[]>;
  /** The one that an earlier import under the key made. */
  importedAs(ownerId: string, importKey: string): Promise<string | undefined>;
  idsOf(ownerId: string): Promise<string[]>;
  /** Those out of sight whose node is gone: half filled or half removed when it died. */
  abandoned(): Promise<{ id: string; hiddenBy: string | null }[]>;
  /** An abandoned one is this node's to remove. @throws GuardFailedError where another was faster. */
  adopt(abandoned: { id: string; hiddenBy: string | null }, nodeId: string): Promise<void>;

  /** Begins to fill a session out of sight. @param session.hiddenBy the node that does. @throws UniqueViolationError where the import key is taken. */
  begin(session: {
    id: string;
    ownerId: string;
    importKey?: string;
    lastSeq?: number;
    at: number;
    hiddenBy: string;
  }): Promise<void>;
  /** Copies the beginning of another session's log, seqs and all, in many commits. */
  copyLog(fromId: string, toId: string, upToSeq: number): Promise<void>;
  /** Adds a part of a document's log to a session that is being filled; its rows follow. @throws GuardFailedError */
  insertLog(sessionId: string, events: readonly ImportedEvent[]): Promise<void>;
  /** Puts a session out of sight, to be removed by this node. */
  hide(session: { id: string; at: number; hiddenBy: string }, audit: AuditRecord): Promise<void>;
  /** Removes one that is out of sight, in many commits. */
  remove(sessionId: string): Promise<void>;
}
