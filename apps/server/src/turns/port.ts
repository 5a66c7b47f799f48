/** Shares the event loop between many concurrent requests. */
export interface Turns {
  /**
   * Starts handling a request: now, or in a later turn of the event loop if this one has started enough. Callers take
   * turns, so one caller's thousand requests don't delay another's.
   */
  answer(caller: string, work: () => void): void;
  /** Runs work that nobody waits for once no request is waiting, and soon in any case. */
  afterAnswers(work: () => void): void;
}
