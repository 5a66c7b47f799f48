/** Tells followers which of their owner's sessions changed. Hints only: the rows have the current state. */
export interface Activity {
  changed(sessionId: string, ownerId: string): void;
  removed(sessionId: string, ownerId: string): void;
  /** Changes may have been missed: all followers reload their lists. */
  reset(): void;
  /** From this call until `signal` aborts: the owner's sessions that were changed or deleted since the last yield. */
  follow(ownerId: string, signal: AbortSignal): AsyncGenerator<ActivityHint, void>;
}

export interface ActivityHint {
  changed: string[];
  removed: string[];
  /** Others may have changed, too. */
  reset: boolean;
}
