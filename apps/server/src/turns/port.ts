/** Whose turn it is on the one thread that does everything, when many come at once. */
export interface Turns {
  /**
   * Begins to answer somebody: at once, or in a later turn of the event loop where this one has begun enough. Callers who
   * wait are served one after the other, so nobody's thousand requests keep somebody else's one waiting.
   */
  answer(caller: string, work: () => void): void;
  /** Begins what nobody waits for: once no answer waits to be begun, and soon in any case. */
  afterAnswers(work: () => void): void;
}
