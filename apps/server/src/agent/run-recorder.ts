import type { RunEvent, RunSink } from "./port.ts";
import type { TranscriptBuilder } from "./transcript.ts";

/**
 * Writes a run's facts: into the log first, then into the transcript, so that both say the same and the next prompt is
 * the one that another attempt would project.
 */
export class RunRecorder {
  readonly #taskId: string;
  readonly #sink: RunSink;
  readonly #transcript: TranscriptBuilder;
  readonly #signal: AbortSignal;

  constructor(options: {
    taskId: string;
    sink: RunSink;
    transcript: TranscriptBuilder;
    signal: AbortSignal;
  }) {
    this.#taskId = options.taskId;
    this.#sink = options.sink;
    this.#transcript = options.transcript;
    this.#signal = options.signal;
  }

  /** @throws the reason of the caller's signal once that is aborted: from then on others write. */
  async record(...events: RunEvent[]): Promise<void> {
    if (events.length === 0) return;
    this.#signal.throwIfAborted();
    await this.#sink.append(events);
    for (const event of events) this.#transcript.apply({ ...event, taskId: this.#taskId, at: 0 });
  }
}
