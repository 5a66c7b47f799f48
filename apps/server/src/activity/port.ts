/** Which sessions changed, told to those who follow their owner's list. Hints: the rows say how they stand. */
export interface Activity {
  changed(sessionId: string): void;
  removed(sessionId: string, ownerId: string): void;
  /**
   * From this call on, until `signal` aborts: the ids that changed or went since the last yield. Those that changed are
   * of all owners (the reader asks the rows), those that went are this owner's.
   */
  follow(ownerId: string, signal: AbortSignal): AsyncGenerator<ActivityHint, void>;
}

export interface ActivityHint {
  changed: string[];
  removed: string[];
}
