import type { Approval, Question } from "@trunkline/contract";

/** An approval or question that a task waits for, with an expiry. */
export interface RequestStore<Request> {
  /** @returns undefined if there is none, or it is somebody else's. */
  find(ownerId: string, id: string): Promise<Request | undefined>;
  /** The owner's open ones, newest first; fewer than the limit where they are large. @param beforeId only older ones */
  open(query: {
    ownerId: string;
    sessionId?: string;
    beforeId?: string;
    limit: number;
  }): Promise<{ items: Request[]; hasMore: boolean }>;
  /** Open ones that have expired, with their session's owner; fewer than the limit where they are large, but one at least. */
  due(now: number, limit: number): Promise<(Request & { ownerId: string })[]>;
  /** When the next one expires, ms since the epoch; null if none will. */
  nextExpiry(): Promise<number | null>;
}

export type ApprovalStore = RequestStore<Approval>;

export type QuestionStore = RequestStore<Question>;
