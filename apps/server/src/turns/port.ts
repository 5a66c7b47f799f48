/** Shares the event loop between many concurrent requests. */
export interface Turns {
  /**
   * Starts handling a request: now, or in a later turn of the event loop if this one has started enough. Callers take
   * turns, so one caller's thousand requests don't delay another's.
   */
  answer(caller: string, work: () => void): void;
  /** A request is being handled whose answer others' deferred work would delay, until it is disposed of. */
  answering(): Disposable;
  /** Runs work that nobody waits for once no request is waiting or being answered, and soon in any case. */
  afterAnswers(work: () => void): void;
}
