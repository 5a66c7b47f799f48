/** What cannot be one commit, such as work with files, takes turns, of all processes that share the store. */
export interface Turns {
  /**
   * Runs the work once nobody else is at work under that name. A turn ends with its process. Not within another turn of the
   * same name.
   * @throws StoreUnavailableError if others are at it for minutes, or the store cannot be reached
   */
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
}
