import type { SessionEvent } from "../event.ts";
import type { TranscriptRow } from "./session-view-row.ts";
import type { TaskView } from "./session-view-task.ts";

export interface SessionView {
  /** The log as far as it has been read, oldest first, without the pieces of blocks that have ended. */
  readonly events: readonly SessionEvent[];
  /** Highest seq read, that of dropped pieces included: what to resume after. 0 before the first event. */
  readonly lastSeq: number;
  readonly rows: readonly TranscriptRow[];
  /** In the order of their submission, but for those moved in the queue. */
  readonly tasks: readonly TaskView[];
  /** What the read events say of the session; null where they say nothing. */
  readonly title: string | null;
  readonly model: string | null;
  readonly archived: boolean | null;
}

export function emptySessionView(): SessionView {
  return { events: [], lastSeq: 0, rows: [], tasks: [], title: null, model: null, archived: null };
}
