import type { Effort } from "../effort.ts";
import type { SessionEvent } from "../event.ts";
import type { TranscriptRow } from "./session-view-row.ts";
import type { TaskView } from "./session-view-task.ts";

export interface SessionView {
  /** The log as far as loaded, oldest first, without the pieces of ended blocks. */
  readonly events: readonly SessionEvent[];
  /** Highest seq read, dropped pieces included: the cursor to resume from. 0 before the first event. */
  readonly lastSeq: number;
  readonly rows: readonly TranscriptRow[];
  /** In order of submission, except for tasks moved in the queue. */
  readonly tasks: readonly TaskView[];
  /** Session metadata from the events read; null if they have none. */
  readonly title: string | null;
  readonly model: string | null;
  readonly agent: string | null;
  readonly effort: Effort | null;
  readonly archived: boolean | null;
  /** Model and effort as the events read have changed them; absent: they have not. */
  readonly changed: { readonly model?: string | null; readonly effort?: Effort | null };
  /** The model call that began last, and the one that ended last; null: none of the events read. */
  readonly stepStarted: EventOf<"step.started"> | null;
  readonly stepEnded: EventOf<"step.ended"> | null;
}

type EventOf<Type extends SessionEvent["type"]> = Extract<SessionEvent, { type: Type }>;

export function emptySessionView(): SessionView {
  return {
    events: [],
    lastSeq: 0,
    rows: [],
    tasks: [],
    title: null,
    model: null,
    agent: null,
    effort: null,
    archived: null,
    changed: {},
    stepStarted: null,
    stepEnded: null,
  };
}
