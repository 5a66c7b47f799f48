import type { NetworkRefusal, SessionEvent, ToolCall } from "@trunkline/contract";
import { isTaskEnd, MAX_EVENT_PAGE_SIZE, totalTokens } from "@trunkline/contract";
import type { Spending } from "../store/port.ts";
import { ApprovalLedger } from "./approval-ledger.ts";
import { CutOffAnswers } from "./cut-off-answers.ts";
import type { RunEvent, RunInput } from "./port.ts";
import { promptAfter, PromptPlaces, promptsOf } from "./prompt-places.ts";
import { SubagentLedger } from "./subagent-ledger.ts";
import { ToldRefusals } from "./told-refusals.ts";
import { NO_PROMPT } from "./transcript/turn.ts";
import { boundaryOf, type TaskProgress, TranscriptBuilder } from "./transcript/transcript.ts";

/** Events of a log that is read as a whole, whether or not parts of it were summarized. */
const SHORT_LOG = 100;

/**
 * The state of a run, derived from its session's log. Facts are written to the log first, then to the projections, so
 * that both agree and another attempt projects the same prompt.
 */
export class RunState {
  readonly transcript: TranscriptBuilder;
  readonly ledger: ApprovalLedger;
  readonly subagents: SubagentLedger;
  readonly cutOffAnswers = new CutOffAnswers();
  readonly #input: RunInput;
  readonly #refusals: ToldRefusals;
  readonly #openCalls = new Map<string, ToolCall>();
  readonly #unread = new PromptPlaces();
  /** All events up to this one were read or written by this run. */
  #lastSeq = 0;
  /** Up to this one, the log was searched for rules that users made or deleted. */
  #rulesSeq = 0;
  /** Messages to the task may have come before this run started. */
  #mayBeSteered = false;
  /** The log has events of others that were not looked at. */
  #othersWrote = false;

  private constructor(input: RunInput) {
    this.#input = input;
    this.transcript = new TranscriptBuilder(input.model);
    this.ledger = new ApprovalLedger(input.importedSeq);
    this.subagents = new SubagentLedger(input.taskId);
    this.#refusals = new ToldRefusals(input.taskId);
  }

  /** Reads the log from its last summary on, page by page. */
  static async read(input: RunInput): Promise<RunState> {
    const { log, signal } = input;
    const state = new RunState(input);
    // Most sessions are short: one read shows all of it, their summaries included.
    const { leaveOut } = state.#unread;
    let page = await log.read({ after: 0, limit: SHORT_LOG, leaveOut });
    signal.throwIfAborted();
    const compacted = page.hasMore
      ? await log.last(["context.compacted"])
      : page.events.findLast((event) => event.type === "context.compacted");
    if (compacted !== undefined) {
      const unfinished = compacted.data.carried?.tasks.map(({ taskId }) => taskId) ?? [];
      state.transcript.restore(compacted, await promptsOf(log, unfinished, compacted.seq));
      state.ledger.apply(compacted);
      state.cutOffAnswers.apply(compacted);
      state.#lastSeq = boundaryOf(compacted);
      state.#mayBeSteered = true;
    }
    for (;;) {
      for (const event of page.events) {
        if (event.seq > state.#lastSeq) await state.#take(event, compacted?.seq ?? 0);
      }
      if (!page.hasMore) break;
      // Reading may be synchronous: between two pages others have a turn.
      await new Promise(setImmediate);
      page = await log.read({ after: state.#lastSeq, limit: MAX_EVENT_PAGE_SIZE, leaveOut });
      signal.throwIfAborted();
    }
    state.#lastSeq = Math.max(state.#lastSeq, state.#unread.lastSeq);
    // Any of them may be a message to the task.
    if (state.#unread.size > 0) state.#mayBeSteered = true;
    state.#rulesSeq = state.#lastSeq;
    return state;
  }

  /** Seq of the last event that was read or written. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Calls of the task that have started and not ended. */
  get openCalls(): readonly ToolCall[] {
    return [...this.#openCalls.values()];
  }

  get progress(): TaskProgress {
    const { taskId } = this.#input;
    const progress = this.transcript.progress(taskId);
    if (progress === null) throw new Error(`the log of task ${taskId} does not say that it started`);
    return progress;
  }

  /** Before its first call a session without a project has no files, and costs no look at them. */
  get mayHaveFiles(): boolean {
    return this.#input.startsEmpty !== true || this.transcript.mayHaveCalled;
  }

  /** Working time since the last completed step, in ms. @param now ms since the epoch */
  workedSinceStep(now: number): number {
    return this.transcript.workedSinceStep(this.#input.taskId, now);
  }

  /** What the task has spent itself. @param now ms since the epoch */
  spent(now: number): Spending {
    const { steps, usage } = this.progress;
    const workedMs = this.transcript.workedMs(this.#input.taskId, now);
    return { steps, tokens: totalTokens(usage), workedMs, costUsd: usage.costUsd ?? 0 };
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

  /** Whether users may have said something to the running task since the last look. */
  mayBeSteered(): boolean {
    this.#othersWrote ||= this.#input.sink.othersWrote();
    return this.#othersWrote || this.#mayBeSteered;
  }

  /** Takes in what users have said to the running task since the last look. @returns whether there was something. */
  async takeInSteering(): Promise<boolean> {
    const { steering } = this.#input;
    if (!this.mayBeSteered()) return false;
    const othersWrote = this.#othersWrote;
    this.#othersWrote = false;
    if (othersWrote) await this.#takeInRules();
    this.#mayBeSteered = false;
    const events = (await steering?.take()) ?? [];
    for (const event of events) {
      await this.#readPrompt(event, () => false);
      this.#apply(event);
    }
    return events.length > 0;
  }

  /** Rules that users have made or deleted since the last look. */
  async #takeInRules(): Promise<void> {
    // An event committed after one of ours has a larger seq, so none below the last of ours is missed.
    const upTo = this.#lastSeq;
    const range = { after: this.#rulesSeq };
    for await (const event of this.#input.log.ofTypes(["rule.created", "rule.deleted"], range)) {
      this.ledger.apply(event);
      this.#rulesSeq = event.seq;
    }
    this.#rulesSeq = Math.max(this.#rulesSeq, upTo);
  }

  async #take(event: SessionEvent, compactedSeq: number): Promise<void> {
    const { seq } = event;
    await this.#readPrompt(event, (taskId) => !this.transcript.knows(taskId));
    // The last summary includes the earlier ones.
    if (event.type === "context.compacted" && seq <= compactedSeq) this.#lastSeq = seq;
    else this.#apply(event);
  }

  /**
   * Reads the prompt that the event makes a part of the conversation, if it was left out as the log was read.
   * @param isMissing whether it is to be read for another reason.
   */
  async #readPrompt(event: SessionEvent, isMissing: (taskId: string) => boolean): Promise<void> {
    const { type, seq } = event;
    if (isTaskEnd(event) && event.taskId !== null) this.#unread.forget(event.taskId);
    const taskId =
      type === "task.steered" ? event.data.steeredTaskId : type === "task.started" ? event.taskId : null;
    if (typeof taskId !== "string" || !(this.#unread.has(taskId) || isMissing(taskId))) return;
    let prompt = NO_PROMPT;
    for await (const said of this.#unread.read(this.#input.log, taskId, seq)) {
      prompt = promptAfter(prompt, said);
      // A summary says nothing of what was still left out.
      this.ledger.apply(said);
    }
    this.transcript.enqueue(taskId, prompt);
  }

  #apply(event: SessionEvent): void {
    if (isMessageTo(event, this.#input.taskId)) this.#mayBeSteered = true;
    if (event.type === "tool.called" && event.taskId === this.#input.taskId) {
      this.#openCalls.set(event.data.callId, event.data);
    } else if (event.type === "tool.ended") this.#openCalls.delete(event.data.callId);
    this.transcript.apply(event);
    this.ledger.apply(event);
    this.cutOffAnswers.apply(event);
    this.subagents.apply(event);
    this.#refusals.apply(event);
    this.#lastSeq = Math.max(this.#lastSeq, event.seq);
  }
}

function isMessageTo(event: SessionEvent, taskId: string): boolean {
  const isQueued = event.type === "task.submitted" || event.type === "task.updated";
  return isQueued && event.data.steers === taskId;
}
