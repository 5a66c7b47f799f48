import type { Session, SessionEvent } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";

/** A session as stored; `workspace` is relative to the data directory. */
export interface StoredSession extends Session {
  /** Up to this event its log was imported; 0: none of it. */
  importedSeq: number;
}

/** An event with a given seq, from a document. */
export type ImportedEvent = Pick<SessionEvent, "seq" | "taskId" | "at" | "type" | "data">;

/**
 * Sessions. Their rows follow from their logs, except while being filled or removed, when a session is hidden and an
 * owner's reads do not find it.
 */
export interface SessionStore {
  /** @returns undefined if there is none, or it is somebody else's. */
  find(ownerId: string, sessionId: string): Promise<StoredSession | undefined>;
  /** The cheap form. @returns the seq of its newest event. */
  lastSeq(ownerId: string, sessionId: string): Promise<number | undefined>;
  /** The same for several, of any owner; omits those that can't be found. */
  lastSeqs(sessionIds: readonly string[]): Promise<Map<string, number>>;
  /** Also finds hidden ones. */
  ownerOf(sessionId: string): Promise<string | undefined>;
  /** The owner's sessions, most recently changed first: archived or not. */
  page(query: {
    ownerId: string;
    archived: boolean;
    /** Text that titles must contain. */
    text?: string;
    /** Instead, those of the subagents of this session. */
    parentSessionId?: string;
    after?: { sort: number; id: string };
    limit: number;
  }): Promise<StoredSession[]>;
  /** Those of these that are the owner's, in their current state. */
  several(ownerId: string, sessionIds: readonly string[]): Promise<StoredSession[]>;
  /** The session of an earlier import with this key. */
  importedAs(ownerId: string, importKey: string): Promise<string | undefined>;
  idsOf(ownerId: string): Promise<string[]>;
  /** By id, of those of these that there are; hidden ones, too. */
  ownersOf(sessionIds: readonly string[]): Promise<Map<string, string>>;
  /** Hidden ones whose node is gone: half filled or half removed when it died. */
  abandoned(): Promise<{ id: string; hiddenBy: string | null }[]>;
  /** Claims an abandoned one for removal by this node. @throws GuardFailedError if another was faster. */
  adopt(abandoned: { id: string; hiddenBy: string | null }, nodeId: string): Promise<void>;

  /**
   * Creates a hidden session to be filled. @param session.hiddenBy the node that fills it. @throws UniqueViolationError
   * if the import key is taken.
   */
  begin(session: {
    id: string;
    ownerId: string;
    importKey?: string;
    lastSeq?: number;
    at: number;
    hiddenBy: string;
  }): Promise<void>;
  /** Copies the beginning of another session's log, including seqs, in many commits. */
  copyLog(fromId: string, toId: string, upToSeq: number): Promise<void>;
  /** Adds a part of a document's log to a session that is being filled; its rows follow. @throws GuardFailedError */
  insertLog(sessionId: string, events: readonly ImportedEvent[]): Promise<void>;
  /** Sessions of its subagents, and of theirs; hidden ones, too. */
  descendantsOf(sessionId: string): Promise<string[]>;
  /** Hides a session and those of its subagents, to be removed by this node. */
  hide(session: { id: string; at: number; hiddenBy: string }, audit: AuditRecord): Promise<void>;
  /** Whether there is nothing of it that its owner can see; true also if there is none. */
  isHidden(sessionId: string): Promise<boolean>;
  /** Removes a hidden one, in many commits; leaves one that can be seen. */
  remove(sessionId: string): Promise<void>;
}
