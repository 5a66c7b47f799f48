import type { RunEvent, RunSink } from "./port.ts";
import type { TranscriptEvent } from "./transcript.ts";

/**
 * Writes a run's facts: into the log first, then into its projections, so that both say the same and the next prompt is
 * the one that another attempt would project.
 */
export class RunRecorder {
  readonly #taskId: string;
  readonly #sink: RunSink;
  readonly #project: (event: TranscriptEvent) => void;
  readonly #signal: AbortSignal;

  constructor(options: {
    taskId: string;
    sink: RunSink;
    /** Takes what is in the log. */
    project: (event: TranscriptEvent) => void;
    signal: AbortSignal;
  }) {
    this.#taskId = options.taskId;
    this.#sink = options.sink;
    this.#project = options.project;
    this.#signal = options.signal;
  }

  /** @throws the reason of the caller's signal once that is aborted: from then on others write. */
  async record(...events: RunEvent[]): Promise<void> {
    if (events.length === 0) return;
    this.#signal.throwIfAborted();
    await this.#sink.append(events);
    for (const event of events) this.#project({ ...event, taskId: this.#taskId, at: 0 });
  }
}
