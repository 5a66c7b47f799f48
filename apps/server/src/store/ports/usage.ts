/** Whose usage is meant. */
export type UsageOf = { sessionId: string } | { projectId: string } | { ownerId: string } | "everybody";

/** A sum of completed model calls. */
export interface Spending {
  /** Model calls. */
  steps: number;
  /** Input and output tokens. */
  tokens: number;
  /** Working time, in ms. */
  workedMs: number;
  /** Price of the calls whose price is known, in US dollars. */
  costUsd: number;
}

/** What a running task's call may still use. */
export interface Reservation {
  taskId: string;
  sessionId: string;
  ownerId: string;
  projectId: string | null;
  /** When it was made, ms since the epoch. */
  at: number;
  tokens: number;
  costUsd: number;
}

export interface UsageSum {
  /** What it is grouped by: a session's, project's or user's id, or the name of a model; null: none, or unknown. */
  key: string | null;
  steps: number;
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens: number;
  costUsd: number;
  /** Model calls whose price is unknown. */
  unpricedSteps: number;
}

/** Usage of completed model calls; includes that of deleted sessions. Times are ms since the epoch, `to` excluded. */
export interface UsageStore {
  spent(of: UsageOf, range: { from: number; to?: number }): Promise<Spending>;
  /** What a task has spent itself. */
  ofTask(task: { sessionId: string; taskId: string }): Promise<Spending>;
  /**
   * Sessions that a task, or a session's tasks, started, those that their tasks started, and so on; all that was spent in
   * them. @param from only what was spent from then on
   */
  ofDescendants(
    of: { taskId: string } | { sessionId: string },
    from?: number,
  ): Promise<{ sessionIds: string[]; spent: Spending }>;
  /** The task that started a session, with its budget; undefined: nobody did. */
  starterOf(
    sessionId: string,
  ): Promise<{ taskId: string; sessionId: string; budgetJson: string | null } | undefined>;
  /** Of the tasks that are running. */
  reservations(): Promise<Reservation[]>;
  /** When the first call was; undefined: there was none. */
  firstAt(of: UsageOf): Promise<number | undefined>;
  sums(
    of: UsageOf,
    range: { from: number; to: number },
    by: "session" | "model" | "user" | "project" | "all",
  ): Promise<UsageSum[]>;
}
