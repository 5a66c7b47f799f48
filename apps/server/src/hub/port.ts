import type { SessionEvent } from "@trunkline/contract";

/** Per-session wake-ups. Hints, never the truth: who is woken reads the log from a cursor. */
export interface Hub {
  /**
   * Wakes the session's listeners. `events` are all that the log holds from `after` up to the last of them, in order.
   * @param after by default they follow on from each other without a gap
   */
  publish(sessionId: string, events: readonly SessionEvent[], after?: number): void;
  /** There is more in the log: listeners that have not caught up yet look again. */
  wake(sessionId: string): void;
  /** The session is gone: its listeners are woken for the last time. */
  end(sessionId: string): void;
  /** Attach before reading the log, so that nothing falls between the reading and the waiting. */
  attach(sessionId: string, signal: AbortSignal): HubListener;
  /** The sessions that have listeners. */
  followed(): string[];
  /** The seq up to which listeners were told; null where none has caught up yet, undefined where there are none. */
  toldUpTo(sessionId: string): number | null | undefined;
}

export interface HubListener extends Disposable {
  /** True once the session is gone. */
  readonly ended: boolean;
  /** The listener has read the log up to its end as it was, which is this seq. */
  caughtUp(seq: number): void;
  /**
   * What was published after the cursor, if the hub still holds all of it; null where it does not and the log must
   * be read. Everyone at one cursor gets the same array.
   */
  recent(after: number): readonly SessionEvent[] | null;
  /**
   * Resolves when something was published since the last `wait` resolved (or since attaching), or when the signal
   * aborts. What is published while the listener reads is therefore never slept through.
   */
  wait(): Promise<void>;
}
