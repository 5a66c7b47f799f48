import type { NetworkRefusal, SessionEvent } from "@trunkline/contract";
import { MAX_EVENT_PAGE_SIZE } from "@trunkline/contract";
import { ApprovalLedger } from "./approval-ledger.ts";
import type { RunEvent, RunInput, RunLog } from "./port.ts";
import { ToldRefusals } from "./told-refusals.ts";
import { boundaryOf, type TaskProgress, TranscriptBuilder } from "./transcript.ts";

/** Events of a log that is read as a whole, whether or not parts of it were summarized. */
const SHORT_LOG = 100;

/**
 * The state of a run, derived from its session's log. Facts are written to the log first, then to the projections, so
 * that both agree and another attempt projects the same prompt.
 */
export class RunState {
  readonly transcript = new TranscriptBuilder();
  readonly ledger: ApprovalLedger;
  readonly #input: RunInput;
  readonly #refusals: ToldRefusals;
  /** All events up to this one were read or written by this run. */
  #lastSeq = 0;
  /** Up to this one, the log was searched for messages to the running task. */
  #steeredSeq = 0;

  private constructor(input: RunInput) {
    this.#input = input;
    this.ledger = new ApprovalLedger(input.importedSeq);
    this.#refusals = new ToldRefusals(input.taskId);
  }

  /** Reads the log from its last summary on, page by page. */
  static async read(input: RunInput): Promise<RunState> {
    const { log, signal } = input;
    const state = new RunState(input);
    // Most sessions are short: one read shows all of it, their summaries included.
    let page = await log.read({ after: 0, limit: SHORT_LOG });
    signal.throwIfAborted();
    const compacted = page.hasMore
      ? await log.last(["context.compacted"])
      : page.events.findLast((event) => event.type === "context.compacted");
    if (compacted !== undefined) {
      const unfinished = compacted.data.carried?.tasks.map(({ taskId }) => taskId) ?? [];
      state.transcript.restore(compacted, await promptsOf(log, unfinished, compacted.seq));
      state.ledger.apply(compacted);
      state.#lastSeq = boundaryOf(compacted);
    }
    for (;;) {
      for (const event of page.events) {
        if (event.seq > state.#lastSeq) await state.#take(event, compacted?.seq ?? 0);
      }
      if (!page.hasMore) break;
      page = await log.read({ after: state.#lastSeq, limit: MAX_EVENT_PAGE_SIZE });
      signal.throwIfAborted();
    }
    state.#steeredSeq = state.#lastSeq;
    return state;
  }

  get progress(): TaskProgress {
    const { taskId } = this.#input;
    const progress = this.transcript.progress(taskId);
    if (progress === null) throw new Error(`the log of task ${taskId} does not say that it started`);
    return progress;
  }

  /** @throws the reason of the caller's signal once aborted: from then on others write. */
  async record(...events: RunEvent[]): Promise<readonly SessionEvent[]> {
    if (events.length === 0) return [];
    this.#input.signal.throwIfAborted();
    const stored = await this.#input.sink.append(events);
    for (const event of stored) this.#apply(event);
    return stored;
  }

  /** Whether the task was not told of it yet; it counts as told then. */
  isNewRefusal(refusal: NetworkRefusal): boolean {
    return this.#refusals.isNew(refusal);
  }

  /** Reads messages sent to the running task since the last look. */
  async takeInSteering(): Promise<void> {
    const { log, sink, taskId } = this.#input;
    if (!sink.othersWrote()) return;
    // An event committed after one of ours has a larger seq, so none below the last of ours is missed.
    const upTo = this.#lastSeq;
    for await (const event of log.ofTypes(["task.steered"], { after: this.#steeredSeq })) {
      if (event.taskId === taskId) this.transcript.apply(event);
      this.#steeredSeq = event.seq;
    }
    this.#steeredSeq = Math.max(this.#steeredSeq, upTo);
  }

  async #take(event: SessionEvent, compactedSeq: number): Promise<void> {
    const { taskId, seq } = event;
    if (taskId !== null && this.transcript.lacksPromptOf(event)) {
      const prompts = await promptsOf(this.#input.log, [taskId], seq);
      this.transcript.enqueue(taskId, prompts.get(taskId) ?? "");
    }
    // The last summary includes the earlier ones.
    if (event.type === "context.compacted" && seq <= compactedSeq) this.#lastSeq = seq;
    else this.#apply(event);
  }

  #apply(event: SessionEvent): void {
    this.transcript.apply(event);
    this.ledger.apply(event);
    this.#refusals.apply(event);
    this.#lastSeq = Math.max(this.#lastSeq, event.seq);
  }
}

/** Prompts (as last edited) of tasks submitted before the part of the log that is read. */
async function promptsOf(
  log: RunLog,
  taskIds: readonly string[],
  beforeSeq: number,
): Promise<Map<string, string>> {
  const prompts = new Map<string, string>();
  if (taskIds.length === 0) return prompts;
  for await (const { taskId, data } of log.ofTypes(["task.submitted", "task.updated"], { upTo: beforeSeq })) {
    if (taskId === null || !taskIds.includes(taskId) || data.prompt === undefined) continue;
    prompts.set(taskId, data.prompt);
  }
  return prompts;
}
