import type { SessionEvent } from "@trunkline/contract";

/** A message between nodes. Never the truth: receivers read rows and logs. A lost one costs seconds. */
export type Hint =
  /** The session's log goes up to this seq. `ownerId`: its owner's lists may have changed. */
  | { type: "appended"; sessionId: string; lastSeq: number; ownerId?: string }
  | { type: "removed"; sessionId: string; ownerId: string }
  /** The task should be canceled. */
  | { type: "cancel-requested"; taskId: string }
  /** A session is waiting for a node with a free slot. */
  | { type: "work-waiting" }
  /** Tokens were revoked, or users added or removed. */
  | { type: "access-changed" }
  /** Some may have been lost: check everything. */
  | { type: "missed" };

/** Carries hints between the nodes of one store. */
export interface Hints {
  /** Sends it to all other nodes, soon. Never throws. */
  announce(hint: Hint): void;
  /** Hints from other nodes from now on, in no particular order. */
  follow(listener: (hint: Hint) => void): void;
  start(): void;
  stop(): Promise<void>;
}

/** Notifies followers on every node of commits. */
export interface Announcer {
  appended(sessionId: string, events: readonly SessionEvent[], ownerId?: string): void;
  /** The session is hidden for good. */
  removed(sessionId: string, ownerId: string): void;
  /** Something may have been committed without a hint: followers on all nodes check. */
  missed(): void;
}
