/** Why the rows refused an append; nothing of it was stored. */
export type Guard =
  /** The session does not exist, is somebody else's, or is being deleted. */
  | "session"
  | "archived"
  | "title"
  /** The session is a subagent's, which takes no tasks of others. */
  | "subagent"
  | "busy"
  /** The task's state does not allow it, or it has another attempt. */
  | "task"
  /** The other task involved is no longer queued. */
  | "place"
  /** As many messages as allowed wait for the task. */
  | "steering"
  | "approval"
  | "question"
  /** Another expectation of the writer failed. */
  | "row";

export interface Refusal {
  /** `invalid`: a statement that can't be executed, i.e. a bug. */
  error: "guard" | "fenced" | "unique" | "invalid" | "full";
  guard?: Guard;
  detail: string;
}

export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(error: Refusal["error"], detail: string, guard?: Guard) {
    super(detail);
    this.refusal = guard === undefined ? { error, detail } : { error, detail, guard };
  }
}

/** The rows do not allow it. */
export function refuse(guard: Guard, detail: string): Refused {
  return new Refused("guard", detail, guard);
}
