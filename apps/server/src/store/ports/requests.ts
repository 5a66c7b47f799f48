import type { Approval, Question } from "@trunkline/contract";

/** What somebody is asked on behalf of a task, and has to answer in time: approvals and questions alike. */
export interface RequestStore<Request> {
  /** @returns undefined where there is none, or where it is somebody else's. */
  find(ownerId: string, id: string): Promise<Request | undefined>;
  /** Open ones of the owner, newest first. @param beforeId only those that are older than this one */
  open(query: { ownerId: string; sessionId?: string; beforeId?: string; limit: number }): Promise<Request[]>;
  /** Open ones whose time is up, and whose session's owner is told. */
  due(now: number, limit: number): Promise<(Request & { ownerId: string })[]>;
  /** When the next one expires, ms since the epoch; null where none will. */
  nextExpiry(): Promise<number | null>;
}

export type ApprovalStore = RequestStore<Approval>;

export type QuestionStore = RequestStore<Question>;
