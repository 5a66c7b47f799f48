import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import {
  endStateOf,
  type EventBody,
  type EventDataOf,
  type EventType,
  type ToolCall,
  type Usage,
} from "@trunkline/contract";
import { projectPrompt } from "./transcript-prompt.ts";
import { textOf, Turn } from "./transcript-turn.ts";

/** What the transcript reads of an event; `at` is integer ms since the epoch. */
export type TranscriptEvent = EventBody & { taskId: string | null; at: number };

/** Where a task stands, as its log says. */
export interface TaskProgress {
  /** Model calls that ended whole. */
  steps: number;
  usage: Usage;
  /** Milliseconds worked before this attempt. */
  workedMs: number;
  /** To be executed before the model is called again. */
  pendingCalls: readonly ToolCall[];
  lastStep: LastStep | null;
}

export interface LastStep {
  text: string;
  finishReason: EventDataOf<"step.ended">["finishReason"];
  toolCalls: readonly ToolCall[];
}

/** What may come long after the work: the server had been down for days, or somebody thought about an answer. */
const IDLE_EVENTS = new Set<EventType>(["task.interrupted", "approval.answered", "approval.expired"]);

/**
 * Projects a session's events to the prompt that a model sees, and to where its current task stands. Pure: the same
 * events give the same prompt, on whichever server and at whichever attempt.
 */
export class TranscriptBuilder {
  /** Prompts of tasks that have not started: not part of the conversation yet, and perhaps never. */
  readonly #queued = new Map<string, string>();
  /** By task, the one that started last at the end. */
  readonly #turns = new Map<string, Turn>();
  readonly #callIds = new Set<string>();

  apply(event: TranscriptEvent): void {
    const { taskId } = event;
    if (taskId === null) return;
    if (event.type === "task.submitted") {
      this.#queued.set(taskId, event.data.prompt);
    } else if (event.type === "task.updated") {
      const prompt = event.data.prompt;
      if (prompt !== undefined && this.#queued.has(taskId)) this.#queued.set(taskId, prompt);
    } else if (event.type === "task.started") {
      this.#start(taskId, event.at);
    } else if (event.type === "task.resumed") {
      this.#turns.get(taskId)?.beginAttempt(event.at);
    } else {
      const ending = endStateOf(event);
      if (ending !== null) this.#queued.delete(taskId);
      const turn = this.#turns.get(taskId);
      if (turn === undefined) return;
      if (ending !== null) turn.ending = ending;
      if (!IDLE_EVENTS.has(event.type)) turn.touch(event.at);
      if (event.type === "step.ended")
        for (const { callId } of event.data.toolCalls) this.#callIds.add(callId);
      turn.apply(event);
    }
  }

  /** Whether a call of this id was ever asked for in the session. */
  hasCall(callId: string): boolean {
    return this.#callIds.has(callId);
  }

  /** @param withReasoning see projectPrompt. */
  prompt(system: string, withReasoning: boolean): LanguageModelV4Prompt {
    return projectPrompt(system, [...this.#turns.values()], withReasoning);
  }

  /** @returns null where the task has not started. */
  progress(taskId: string): TaskProgress | null {
    const turn = this.#turns.get(taskId);
    if (turn === undefined) return null;
    const last = turn.steps.at(-1);
    return {
      steps: turn.steps.length,
      usage: turn.usage,
      workedMs: turn.workedMs,
      pendingCalls: turn.pendingCalls,
      lastStep:
        last === undefined
          ? null
          : {
              text: textOf(last.blocks),
              finishReason: last.ended.finishReason,
              toolCalls: last.ended.toolCalls,
            },
    };
  }

  #start(taskId: string, at: number): void {
    const turn = this.#turns.get(taskId) ?? new Turn(taskId, this.#queued.get(taskId) ?? "");
    turn.beginAttempt(at);
    // A task that was interrupted, and overtaken in the queue, goes on at the end of the conversation.
    this.#turns.delete(taskId);
    this.#turns.set(taskId, turn);
    this.#queued.delete(taskId);
  }
}
