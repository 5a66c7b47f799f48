import type { SessionEvent } from "@trunkline/contract";

/** Per-session wake-ups. Hints only: a woken listener reads the log from a cursor. */
export interface Hub {
  /**
   * Wakes the session's listeners. `events` are all that the log has from `after` to the last of them, in order.
   * @param after by default they continue without a gap
   */
  publish(sessionId: string, events: readonly SessionEvent[], after?: number): void;
  /** The log has more: listeners that have not caught up look again. */
  wake(sessionId: string): void;
  /** The session is gone: wakes its listeners for the last time. */
  end(sessionId: string): void;
  /** Attach before reading the log, so that nothing is missed between reading and waiting. */
  attach(sessionId: string, signal: AbortSignal): HubListener;
  /** Sessions with listeners. */
  followed(): string[];
  /** The seq that listeners know of; null if none has caught up yet, undefined if there are none. */
  toldUpTo(sessionId: string): number | null | undefined;
}

export interface HubListener extends Disposable {
  /** True once the session is gone. */
  readonly ended: boolean;
  /** The listener has read the log up to this seq, its end at that time. */
  caughtUp(seq: number): void;
  /**
   * What was published after the cursor, if the hub still has all of it; null if the log must be read. Everybody at the
   * same cursor gets the same array.
   */
  recent(after: number): readonly SessionEvent[] | null;
  /**
   * Resolves when something was published since the last `wait` resolved (or since attaching), or when the signal
   * aborts. So nothing published while the listener reads is missed.
   */
  wait(): Promise<void>;
}
