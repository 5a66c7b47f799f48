import type { Session } from "./session.ts";

/** What one message of `activity.subscribe` carries: how the caller's sessions stand, not how they got there. */
export interface ActivityBatch {
  /** Sessions that changed, as they are now. */
  sessions: Session[];
  /** Ids of sessions that are gone. */
  removed: string[];
  /**
   * True in the first message of a connection: changes before it were not told. Whoever shows a list reads it anew.
   */
  reset: boolean;
}
