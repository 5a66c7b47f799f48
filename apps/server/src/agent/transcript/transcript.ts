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
import { MAX_KEPT_QUEUED, TRIMMED_FROM } from "../limits.ts";
import { documentKey, type InstructionsRead } from "../instruction-text.ts";
import { KeptTurns } from "./kept-turns.ts";
import { KnownCalls } from "./known-calls.ts";
import { projectPrompt } from "./prompt.ts";
import { trimOldResults } from "./trim-old-results.ts";
import { type GivenPrompt, NO_PROMPT, textOf, Turn } from "./turn.ts";

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
  readonly #turns = new KeptTurns();
  readonly #calls = new KnownCalls();
  #summary: string | null = null;
  #isCut = false;
  #lastUsage: { tokens: number; length: number } | null = null;
  readonly #contextTokens: number | undefined;

  /** @param contextTokens of the model that reads it; absent: unknown. */
  constructor({ contextTokens }: { contextTokens?: number | undefined } = {}) {
    this.#contextTokens = contextTokens;
  }

  get turns(): readonly Turn[] {
    return this.#turns.inOrder;
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
    return this.#calls.mayHaveAny;
  }

  /** Parts of the conversation were dropped without a summary. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Length of all texts in UTF-16 units. */
  get length(): number {
    return this.#turns.length + (this.#summary?.length ?? 0);
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
      this.#turns.putLast(new Turn(taskId, prompts.get(taskId) ?? NO_PROMPT, earlier));
    }
    this.#calls.forgetSome();
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
      this.#turns.change(turn, () => turn.apply(event));
      if (event.type === "step.ended") this.#noteStep(event.data);
      this.#keepSmall();
    }
  }

  /** Whether a call with this id was, or may have been, requested in the session. */
  hasCall(callId: string): boolean {
    return this.#calls.mayHave(callId);
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
    const turn = this.#turns.get(taskId) ?? new Turn(taskId, this.#queued.get(taskId) ?? NO_PROMPT);
    // A task that was interrupted and overtaken in the queue resumes at the end of the conversation.
    this.#turns.putLast(turn);
    this.#turns.change(turn, () => turn.beginAttempt(at));
    this.#queued.delete(taskId);
    this.#keepSmall();
  }

  #compact(event: Compacted): void {
    this.#turns.forgetUpTo(boundaryOf(event));
    this.#summary = event.data.summary;
    this.#countSummary(event);
    this.#lastUsage = null;
    this.#isCut = false;
  }

  #countSummary({ taskId, data: { usage } }: Compacted): void {
    if (taskId !== null && usage !== undefined) this.#turns.get(taskId)?.addUsage(usage);
  }

  #keepSmall(): void {
    if (!this.#turns.shrinkIfLarge()) return;
    this.#isCut = true;
    this.#summary ??= FORGOTTEN;
  }

  /** Shortens old outputs while the window fills. */
  #trim(tokens: number): void {
    if (this.#contextTokens === undefined || tokens < this.#contextTokens * TRIMMED_FROM) return;
    const freed = trimOldResults(this.#turns);
    if (freed === 0) return;
    const left = tokens - Math.floor(freed / CHARACTERS_PER_FREED_TOKEN);
    this.#lastUsage = { tokens: Math.max(0, left), length: this.length };
  }

  #noteStep({ usage, toolCalls }: EventDataOf<"step.ended">): void {
    const tokens = totalTokens(usage);
    this.#lastUsage = { tokens, length: this.length };
    this.#trim(tokens);
    this.#calls.add(toolCalls);
  }
}

/** A rough average over languages and code; only the growth since the last call is estimated with it. */
const CHARACTERS_PER_TOKEN = 3;
/** The same where tokens are taken away: rather too few. */
const CHARACTERS_PER_FREED_TOKEN = 6;

const FORGOTTEN = "(Earlier parts of this conversation are too long to be kept, and were left out.)";

/** The last event covered by a summary. One that claims otherwise is not ours. */
export function boundaryOf({ seq, data: { upToSeq } }: Compacted): number {
  return Math.min(upToSeq, seq - 1);
}

function lastStepOf(turn: Turn): LastStep | null {
  const last = turn.steps.at(-1);
  if (last === undefined) return null;
  const { finishReason, toolCalls } = last.ended;
  return { text: textOf(last.blocks), finishReason, toolCalls, isSteered: last.steers.length > 0 };
}
