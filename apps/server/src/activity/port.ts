/** Which sessions changed, told to those who follow their owner's list, and to nobody else. Hints: the rows say how they stand. */
export interface Activity {
  changed(sessionId: string, ownerId: string): void;
  removed(sessionId: string, ownerId: string): void;
  /** Changes may have been missed: all followers read their lists anew. */
  reset(): void;
  /** From this call on, until `signal` aborts: the owner's sessions that changed or went since the last yield. */
  follow(ownerId: string, signal: AbortSignal): AsyncGenerator<ActivityHint, void>;
}

export interface ActivityHint {
  changed: string[];
  removed: string[];
  /** Others may have changed, too. */
  reset: boolean;
}
