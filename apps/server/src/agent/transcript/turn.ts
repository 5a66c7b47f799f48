import {
  addUsage,
  type Block,
  blockAfter,
  type ContentPart,
  type EventDataOf,
  isBlockEvent,
  newBlock,
  NO_USAGE,
  pendingCallsAfter,
  type SessionEvent,
  sumUsage,
  type TerminalTaskState,
  type ToolCall,
  type Usage,
} from "@trunkline/contract";
import { heldLength } from "./held-length.ts";
import { type InstructionsRead, instructionText } from "../instruction-text.ts";
import { shortened } from "../shortened-text.ts";

export type StepEnded = EventDataOf<"step.ended">;
/** What the model reads of an ended call; its diffs and files stay in the log. */
export type ToolEnded = Pick<EventDataOf<"tool.ended">, "status" | "output" | "exitCode">;

/** What a step or a task takes in memory without its contents, in UTF-16 units. */
const FRAME_LENGTH = 500;

/** What a user gave a task. */
export interface GivenPrompt {
  prompt: string;
  attachments: readonly ContentPart[];
}

export const NO_PROMPT: GivenPrompt = { prompt: "", attachments: [] };

/** A completed model call. */
export interface Step {
  /** Full name of the model; null if the log does not say. */
  model: string | null;
  blocks: readonly Block[];
  ended: StepEnded;
  /** By call id. */
  results: Map<string, ToolEnded>;
  /** Messages from the user that followed it, while the task was running. */
  steers: string[];
  /** Instructions that were given after it. */
  instructions: InstructionsRead[];
  /** Seq of its last event so far. */
  endSeq: number;
  /** Working time of the task until then, in ms. */
  workedMs: number;
  /** Length of all its texts in UTF-16 units. */
  length: number;
  /** What it takes in memory, see heldLength. */
  held: number;
}

/** Totals of steps that are no longer kept. */
export interface EarlierWork {
  steps: number;
  usage: Usage;
  workedMs: number;
}

/** A task as the model needs it: its prompt, its steps, and the results of their calls. */
export class Turn {
  readonly taskId: string;
  readonly prompt: string;
  /** Files beside it. */
  readonly attachments: readonly ContentPart[];
  steps: Step[] = [];
  ending: { state: TerminalTaskState; seq: number } | null = null;
  /** Messages from the user before the first step that is kept. */
  openingSteers: string[] = [];
  /** Instructions that were given before it. */
  openingInstructions: InstructionsRead[] = [];
  /** Length of all its texts in UTF-16 units. */
  length: number;
  /** What it takes in memory, see heldLength. */
  held: number;
  /** The same of its prompt. */
  readonly #promptHeld: number;
  #earlier: EarlierWork;
  #pendingCalls: readonly ToolCall[] = [];
  /** Blocks of the step in progress, by id, in order of their start. */
  #draft = new Map<string, Block>();
  #draftModel: string | null = null;
  #isStepOpen = false;
  /** Messages sent while the model was answering, which that answer does not take into account. */
  #unheard: { prompt: string; seq: number }[] = [];
  /** Working time of earlier attempts, and the bounds of the current one, by the log's timestamps. */
  #workedMs: number;
  #attemptBeganAt: number | null = null;
  /** Working time that its completed steps account for. */
  #accountedMs: number;
  #lastEventAt = 0;

  constructor(taskId: string, { prompt, attachments }: GivenPrompt, earlier?: EarlierWork) {
    this.taskId = taskId;
    this.prompt = prompt;
    this.attachments = attachments;
    this.length = prompt.length;
    this.#promptHeld = FRAME_LENGTH + prompt.length + heldLength(attachments);
    this.held = this.#promptHeld;
    this.#earlier = earlier ?? { steps: 0, usage: NO_USAGE, workedMs: 0 };
    this.#workedMs = this.#earlier.workedMs;
    this.#accountedMs = this.#earlier.workedMs;
  }

  beginAttempt(at: number): void {
    this.#workedMs = this.workedUntil(this.#lastEventAt);
    this.#attemptBeganAt = at;
    this.#lastEventAt = at;
    this.#draft = new Map();
    this.#isStepOpen = false;
    this.#hear();
  }

  /** An event of this attempt; the last one tells how long it worked. */
  touch(at: number): void {
    this.#attemptBeganAt ??= at;
    this.#lastEventAt = Math.max(this.#lastEventAt, at);
  }

  /** @param event of the task, while it is running. */
  apply(event: SessionEvent): void {
    this.#pendingCalls = pendingCallsAfter(this.#pendingCalls, event);
    if (isBlockEvent(event)) {
      const { blockId } = event.data;
      this.#draft.set(blockId, blockAfter(this.#draft.get(blockId) ?? newBlock(event), event));
    } else if (event.type === "step.started") {
      // A retried step says everything again.
      this.#draft = new Map();
      this.#draftModel = event.data.model;
      this.#isStepOpen = true;
    } else if (event.type === "step.ended") {
      this.#isStepOpen = false;
      this.#endStep(event.data, event.seq);
      this.#hear();
    } else if (event.type === "tool.ended") {
      this.#endCall(event.data, event.seq);
    } else if (event.type === "instructions.read") {
      this.#instruct(event.data, event.seq);
    } else if (event.type === "task.steered") {
      this.#unheard.push({ prompt: event.data.prompt, seq: event.seq });
      if (!this.#isStepOpen) this.#hear();
    }
  }

  resultOf(callId: string): ToolEnded | undefined {
    return this.#stepOf(callId)?.results.get(callId);
  }

  /** Text of the step that was cut off. */
  get draftText(): string {
    return textOf([...this.#draft.values()]);
  }

  /** Calls of the last step that neither started nor were answered. */
  get pendingCalls(): readonly ToolCall[] {
    return this.#pendingCalls;
  }

  get stepCount(): number {
    return this.#earlier.steps + this.steps.length;
  }

  get usage(): Usage {
    return sumUsage([this.#earlier.usage, ...this.steps.map(({ ended }) => ended.usage)]);
  }

  /** Adds usage outside of the task's steps. */
  addUsage(usage: Usage): void {
    this.#earlier = { ...this.#earlier, usage: addUsage(this.#earlier.usage, usage) };
  }

  /** Working time of attempts before the current one, in ms, excluding downtime between them. */
  get workedMs(): number {
    return this.#workedMs;
  }

  /** Working time that no completed step accounts for yet, in ms. */
  workedSinceStep(now: number): number {
    return Math.max(0, Math.round(this.workedUntil(now) - this.#accountedMs));
  }

  /** Shortens a step's results to this length. */
  shortenResults(step: Step, maxLength: number): void {
    for (const [callId, ended] of step.results) {
      const output = shortened(ended.output, maxLength);
      step.results.set(callId, { ...ended, output });
      const change = output.length - ended.output.length;
      step.length += change;
      step.held += change;
      this.length += change;
      this.held += change;
    }
  }

  /** Totals of its steps that end at or before that event. */
  workUpTo(seq: number): EarlierWork {
    const gone = this.steps.filter((step) => step.endSeq <= seq);
    return {
      steps: this.#earlier.steps + gone.length,
      usage: sumUsage([this.#earlier.usage, ...gone.map(({ ended }) => ended.usage)]),
      workedMs: gone.at(-1)?.workedMs ?? this.#earlier.workedMs,
    };
  }

  /** Drops the steps that end at or before that event; their number and usage still count. */
  forgetUpTo(seq: number): void {
    const kept = this.steps.filter((step) => step.endSeq > seq);
    if (kept.length === this.steps.length) return;
    this.#earlier = this.workUpTo(seq);
    this.steps = kept;
    this.openingSteers = [];
    this.openingInstructions = [];
    this.length = kept.reduce((length, step) => length + step.length, this.prompt.length);
    this.held = kept.reduce((held, step) => held + step.held, this.#promptHeld);
    if (kept.length === 0) this.#pendingCalls = [];
  }

  #endStep(ended: StepEnded, seq: number): void {
    const blocks = [...this.#draft.values()];
    this.#draft = new Map();
    const said = blocks.reduce((length, { text }) => length + text.length, 0);
    const asked = ended.toolCalls.reduce((length, { input }) => length + JSON.stringify(input).length, 0);
    const model = ended.model ?? this.#draftModel;
    this.#accountedMs += ended.workedMs ?? 0;
    const step = {
      model,
      blocks,
      ended,
      results: new Map(),
      steers: [],
      instructions: [],
      endSeq: seq,
      workedMs: 0,
      length: 0,
      held: 0,
    };
    this.steps.push(step);
    const held = FRAME_LENGTH + heldLength(blocks) + heldLength(ended.toolCalls);
    this.#grow(step, said + asked, seq, held);
  }

  #endCall({ callId, status, output, exitCode }: EventDataOf<"tool.ended">, seq: number): void {
    const step = this.#stepOf(callId);
    if (step === undefined) return;
    step.results.set(callId, { status, output, exitCode });
    this.#grow(step, output.length, seq);
  }

  #instruct(data: InstructionsRead, seq: number): void {
    const last = this.steps.at(-1);
    const { length } = instructionText(data);
    if (last === undefined) {
      this.openingInstructions.push(data);
      this.length += length;
      this.held += length;
    } else {
      last.instructions.push(data);
      this.#grow(last, length, seq);
    }
  }

  #hear(): void {
    const last = this.steps.at(-1);
    for (const { prompt, seq } of this.#unheard.splice(0)) {
      if (last === undefined) {
        this.openingSteers.push(prompt);
        this.length += prompt.length;
        this.held += prompt.length;
      } else {
        last.steers.push(prompt);
        this.#grow(last, prompt.length, seq);
      }
    }
  }

  #grow(step: Step, length: number, seq: number, held = length): void {
    step.length += length;
    step.held += held;
    this.length += length;
    this.held += held;
    step.endSeq = Math.max(step.endSeq, seq);
    step.workedMs = this.workedUntil(this.#lastEventAt);
  }

  #stepOf(callId: string): Step | undefined {
    return this.steps.findLast(({ ended }) => ended.toolCalls.some((call) => call.callId === callId));
  }

  /** Working time in all attempts, in ms. @param at ms since the epoch */
  workedUntil(at: number): number {
    return this.#workedMs + Math.max(0, at - (this.#attemptBeganAt ?? at));
  }
}

/** A step's text, with its blocks as paragraphs. */
export function textOf(blocks: readonly Pick<Block, "kind" | "text">[]): string {
  return blocks
    .filter(({ kind, text }) => kind === "text" && text !== "")
    .map(({ text }) => text)
    .join("\n\n");
}
