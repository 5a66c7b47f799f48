/** A run of this process. */
export interface Run {
  controller: AbortController;
  ended: Promise<void>;
  /** Of its task; null until it has claimed it. */
  attempt: number | null;
}

/** This process's runs, by task id. */
export class Runs extends Map<string, Run> {
  abortAll(reason: Error): void {
    for (const { controller } of this.values()) controller.abort(reason);
  }
}
