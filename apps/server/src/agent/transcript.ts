import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import {
  endStateOf,
  type EventDataOf,
  type EventType,
  type SessionEvent,
  type ToolCall,
  totalTokens,
  type Usage,
} from "@trunkline/contract";
import {
  MAX_KEPT_CALL_IDS,
  MAX_KEPT_QUEUED,
  MAX_TRANSCRIPT_HELD,
  MAX_TRANSCRIPT_LENGTH,
  SHORT_OUTPUT_LENGTH,
  TRIMMED_FROM,
  TRIMMED_LEAST,
  UNTRIMMED_SHARE,
} from "./limits.ts";
import { documentKey, type InstructionsRead } from "./instruction-text.ts";
import { projectPrompt } from "./transcript-prompt.ts";
import { type GivenPrompt, NO_PROMPT, type Step, textOf, Turn } from "./transcript-turn.ts";

/** Progress of a task according to its log. */
export interface TaskProgress {
  /** Completed model calls. */
  steps: number;
  usage: Usage;
  /** Working time before this attempt, in ms. */
  workedMs: number;
  /** To be executed before the next model call. */
  pendingCalls: readonly ToolCall[];
  /** Null if none has ended, or it was summarised. */
  lastStep: LastStep | null;
}

export interface LastStep {
  text: string;
  finishReason: EventDataOf<"step.ended">["finishReason"];
  toolCalls: readonly ToolCall[];
  /** The user has sent a message since. */
  isSteered: boolean;
}

/** Instructions that are part of the prompt, each as it was given last. */
export interface GivenInstructions {
  /** Texts by source and path, see documentKey. */
  texts: ReadonlyMap<string, string>;
  /** Null: none were ever given. */
  skills: InstructionsRead["skills"] | null;
  /** Of all texts together, replaced ones included, in UTF-16 units. */
  length: number;
}

export type Compacted = Extract<SessionEvent, { type: "context.compacted" }>;

/** Events that may come long after the work, because the server was down or somebody took time to answer. */
const IDLE_EVENTS = new Set<EventType>([
  "task.interrupted",
  "approval.answered",
  "approval.expired",
  "question.answered",
  "question.expired",
]);

/**
 * Projects a session's events to the model's prompt and to the progress of its current task. Pure: the same events give
 * the same prompt, on any server and attempt.
 *
 * Its size is bounded, however long the log: beyond a limit, old outputs are shortened, then old steps dropped.
 */
export class TranscriptBuilder {
  /** Prompts of tasks that have not started: not part of the conversation yet, and perhaps never. */
  readonly #queued = new Map<string, GivenPrompt>();
  /** By task; the most recently started last. */
  readonly #turns = new Map<string, Turn>();
  readonly #callIds = new Set<string>();
  /** Whether some call ids are missing from the set. */
  #hasForgottenCallIds = false;
  #summary: string | null = null;
  #isCut = false;
  #length = 0;
  #held = 0;
  #lastUsage: { tokens: number; length: number } | null = null;
  readonly #contextTokens: number | undefined;

  /** @param contextTokens of the model that reads it; absent: unknown. */
  constructor({ contextTokens }: { contextTokens?: number | undefined } = {}) {
    this.#contextTokens = contextTokens;
  }

  get turns(): readonly Turn[] {
    return [...this.#turns.values()];
  }

  /** The summary of the events before those that are kept. */
  get summary(): string | null {
    return this.#summary;
  }

  get instructions(): GivenInstructions {
    const texts = new Map<string, string>();
    let skills: GivenInstructions["skills"] = null;
    let length = 0;
    for (const turn of this.turns) {
      for (const read of [turn.openingInstructions, ...turn.steps.map((step) => step.instructions)].flat()) {
        for (const document of read.documents) {
          texts.set(documentKey(document), document.text);
          length += document.text.length;
        }
        skills = read.skills ?? skills;
      }
    }
    return { texts, skills, length };
  }

  /** Whether the model may have called a tool at any time; false: it certainly has not. */
  get mayHaveCalled(): boolean {
    return this.#hasForgottenCallIds || this.#callIds.size > 0;
  }

  /** Parts of the conversation were dropped without a summary. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Length of all texts in UTF-16 units. */
  get length(): number {
    return this.#length + (this.#summary?.length ?? 0);
  }

  /** Estimated tokens of the next prompt, based on the last reported usage; null: unknown. */
  get estimatedTokens(): number | null {
    if (this.#lastUsage === null) return null;
    const { tokens, length } = this.#lastUsage;
    return tokens + Math.ceil(Math.max(0, this.length - length) / CHARACTERS_PER_TOKEN);
  }

  /** Starts from a summary. @param prompts of its unfinished tasks. */
  restore(event: Compacted, prompts: ReadonlyMap<string, GivenPrompt>): void {
    for (const { taskId, ...earlier } of event.data.carried?.tasks ?? []) {
      const turn = new Turn(taskId, prompts.get(taskId) ?? NO_PROMPT, earlier);
      this.#turns.set(taskId, turn);
      this.#length += turn.length;
      this.#held += turn.held;
    }
    this.#hasForgottenCallIds = true;
    this.#summary = event.data.summary;
    this.#countSummary(event);
  }

  /** Whether the task's prompt was among the events so far. */
  knows(taskId: string): boolean {
    return this.#turns.has(taskId) || this.#queued.has(taskId);
  }

  enqueue(taskId: string, prompt: GivenPrompt): void {
    this.#queued.set(taskId, prompt);
  }

  apply(event: SessionEvent): void {
    const { taskId } = event;
    if (taskId === null) return;
    if (event.type === "task.submitted") {
      const { prompt, attachments = [] } = event.data;
      if (this.#queued.size < MAX_KEPT_QUEUED) this.enqueue(taskId, { prompt, attachments });
    } else if (event.type === "task.updated") {
      const prompt = event.data.prompt;
      const queued = this.#queued.get(taskId);
      if (prompt !== undefined && queued !== undefined) this.enqueue(taskId, { ...queued, prompt });
    } else if (event.type === "task.started") {
      this.#start(taskId, event.at);
    } else if (event.type === "context.compacted") {
      this.#compact(event);
    } else {
      const state = endStateOf(event);
      if (state !== null) this.#queued.delete(taskId);
      const turn = this.#turns.get(taskId);
      if (turn === undefined) return;
      if (event.type === "task.resumed") turn.beginAttempt(event.at);
      if (state !== null) turn.ending = { state, seq: event.seq };
      if (!IDLE_EVENTS.has(event.type)) turn.touch(event.at);
      this.#change(turn, () => turn.apply(event));
      if (event.type === "step.ended") this.#noteStep(event.data);
      this.#shrinkIfLarge();
    }
  }

  /** Whether a call with this id was, or may have been, requested in the session. */
  hasCall(callId: string): boolean {
    return this.#callIds.has(callId) || (this.#hasForgottenCallIds && !isRandom(callId));
  }

  /** @param model see projectPrompt. */
  prompt(system: string, model: string): LanguageModelV4Prompt {
    return projectPrompt(system, this.turns, { summary: this.#summary, model });
  }

  /** @returns null if the task has not started. */
  progress(taskId: string): TaskProgress | null {
    const turn = this.#turns.get(taskId);
    if (turn === undefined) return null;
    const { stepCount: steps, usage, workedMs, pendingCalls } = turn;
    return { steps, usage, workedMs, pendingCalls, lastStep: lastStepOf(turn) };
  }

  /** Working time of a task since its last completed step, in ms. @param now ms since the epoch */
  workedSinceStep(taskId: string, now: number): number {
    return this.#turns.get(taskId)?.workedSinceStep(now) ?? 0;
  }

  /** Working time of a task so far, in ms. @param now ms since the epoch */
  workedMs(taskId: string, now: number): number {
    return this.#turns.get(taskId)?.workedUntil(now) ?? 0;
  }

  #start(taskId: string, at: number): void {
    const known = this.#turns.get(taskId);
    const turn = known ?? new Turn(taskId, this.#queued.get(taskId) ?? NO_PROMPT);
    if (known === undefined) {
      this.#length += turn.length;
      this.#held += turn.held;
    }
    this.#change(turn, () => turn.beginAttempt(at));
    // A task that was interrupted and overtaken in the queue resumes at the end of the conversation.
    this.#turns.delete(taskId);
    this.#turns.set(taskId, turn);
    this.#queued.delete(taskId);
    this.#shrinkIfLarge();
  }

  #compact(event: Compacted): void {
    const upToSeq = boundaryOf(event);
    for (const turn of this.#turns.values()) {
      this.#change(turn, () => turn.forgetUpTo(upToSeq));
      if (turn.ending !== null && turn.ending.seq <= upToSeq) this.#forget(turn);
    }
    this.#summary = event.data.summary;
    this.#countSummary(event);
    this.#lastUsage = null;
    this.#isCut = false;
  }

  #countSummary({ taskId, data: { usage } }: Compacted): void {
    if (taskId !== null && usage !== undefined) this.#turns.get(taskId)?.addUsage(usage);
  }

  #forget(turn: Turn): void {
    this.#turns.delete(turn.taskId);
    this.#length -= turn.length;
    this.#held -= turn.held;
  }

  /** Counts what changes in a turn. */
  #change(turn: Turn, act: () => void): void {
    const { length, held } = turn;
    act();
    this.#length += turn.length - length;
    this.#held += turn.held - held;
  }

  #shrinkIfLarge(): void {
    if (this.#length > MAX_TRANSCRIPT_LENGTH || this.#held > MAX_TRANSCRIPT_HELD) this.#shrink();
  }

  /** Makes room: halves the content, oldest first, sparing the last step. */
  #shrink(): void {
    const enough = (): boolean =>
      this.#length <= MAX_TRANSCRIPT_LENGTH / 2 && this.#held <= MAX_TRANSCRIPT_HELD / 2;
    const last = this.turns.at(-1)?.steps.at(-1);
    const cut = (): void => {
      this.#isCut = true;
      this.#summary ??= FORGOTTEN;
    };
    const eachOldStep = (act: (turn: Turn, step: Step) => void): void => {
      for (const turn of this.turns) {
        const before = turn.held;
        for (const step of turn.steps.slice()) {
          if (step === last || enough()) break;
          this.#change(turn, () => act(turn, step));
        }
        if (turn.held < before && turn.steps.length === 0 && turn.ending !== null) this.#forget(turn);
      }
    };
    eachOldStep((turn, step) => turn.shortenResults(step, SHORT_OUTPUT_LENGTH));
    eachOldStep((turn, step) => {
      turn.forgetUpTo(step.endSeq);
      cut();
    });
    for (const turn of this.turns) {
      if (enough()) break;
      if (turn.ending === null) continue;
      this.#forget(turn);
      cut();
    }
  }

  /**
   * Shortens old outputs while the window fills. What the log says decides, so that every attempt sends the same prompt; and
   * much is shortened at once, seldom, so that the provider's cache holds in between.
   */
  #trim(): void {
    const { tokens = 0 } = this.#lastUsage ?? {};
    if (this.#contextTokens === undefined || tokens < this.#contextTokens * TRIMMED_FROM) return;
    const old: { turn: Turn; step: Step; gain: number }[] = [];
    let kept = 0;
    for (const turn of this.turns.toReversed()) {
      for (const step of turn.steps.toReversed()) {
        if (kept > this.#length * UNTRIMMED_SHARE) old.push({ turn, step, gain: gainOf(step) });
        kept += step.length;
      }
    }
    const gain = old.reduce((sum, one) => sum + one.gain, 0);
    if (gain < this.#length * TRIMMED_LEAST) return;
    for (const { turn, step } of old) {
      this.#change(turn, () => turn.shortenResults(step, SHORT_OUTPUT_LENGTH));
    }
    const freed = Math.floor(gain / CHARACTERS_PER_FREED_TOKEN);
    this.#lastUsage = { tokens: Math.max(0, tokens - freed), length: this.length };
  }

  #noteStep({ usage, toolCalls }: EventDataOf<"step.ended">): void {
    this.#lastUsage = { tokens: totalTokens(usage), length: this.length };
    this.#trim();
    for (const { callId } of toolCalls) this.#callIds.add(callId);
    for (const oldest of this.#callIds) {
      if (this.#callIds.size <= MAX_KEPT_CALL_IDS) break;
      this.#callIds.delete(oldest);
      this.#hasForgottenCallIds = true;
    }
  }
}

/** A rough average over languages and code; only the growth since the last call is estimated with it. */
const CHARACTERS_PER_TOKEN = 3;
/** The same where tokens are taken away: rather too few. */
const CHARACTERS_PER_FREED_TOKEN = 6;

/** What shortening a step's outputs frees, in UTF-16 units. */
function gainOf(step: Step): number {
  const lengths = [...step.results.values()].map(({ output }) => output.length - SHORT_OUTPUT_LENGTH);
  // One that was shortened is a little longer than that, by its note.
  return lengths.reduce((sum, length) => sum + (length > 200 ? length : 0), 0);
}

const FORGOTTEN = "(Earlier parts of this conversation are too long to be kept, and were left out.)";

/** The last event covered by a summary. One that claims otherwise is not ours. */
export function boundaryOf({ seq, data: { upToSeq } }: Compacted): number {
  return Math.min(upToSeq, seq - 1);
}

/** Whether the id lacks a unique part, as with providers that number the calls of every answer from 0. */
function isRandom(callId: string): boolean {
  return callId.length >= 9 && !/^[^0-9]*[0-9]{0,6}$/.test(callId);
}

function lastStepOf(turn: Turn): LastStep | null {
  const last = turn.steps.at(-1);
  if (last === undefined) return null;
  const { finishReason, toolCalls } = last.ended;
  return { text: textOf(last.blocks), finishReason, toolCalls, isSteered: last.steers.length > 0 };
}
