/** Why an append was refused, as far as its rows are concerned: nothing of it was stored. */
export type Guard =
  /** There is no such session, it is somebody else's, or it is being removed. */
  | "session"
  | "archived"
  | "busy"
  /** The task is not in a state that allows it, or has another attempt. */
  | "task"
  /** The other task that the change is about no longer waits in the queue. */
  | "place"
  | "approval"
  | "question"
  /** Something else is not as the writer expects. */
  | "row";

export interface Refusal {
  /** `invalid`: a statement that cannot be executed, which is a mistake of whoever wrote it. */
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
