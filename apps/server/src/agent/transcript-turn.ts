import {
  type Block,
  blockAfter,
  type EventBody,
  type EventDataOf,
  isBlockEvent,
  newBlock,
  pendingCallsAfter,
  sumUsage,
  type TerminalTaskState,
  type ToolCall,
  type Usage,
} from "@trunkline/contract";

export type StepEnded = EventDataOf<"step.ended">;
export type ToolEnded = EventDataOf<"tool.ended">;

/** A model call that ended whole. */
export interface Step {
  blocks: readonly Block[];
  ended: StepEnded;
}

/** What happened in one task, as far as a model needs to know: its prompt, its steps, and what became of their calls. */
export class Turn {
  readonly taskId: string;
  readonly prompt: string;
  readonly steps: Step[] = [];
  ending: TerminalTaskState | null = null;
  #pendingCalls: readonly ToolCall[] = [];
  readonly #results = new Map<string, ToolEnded>();
  /** Blocks of the step that has begun and not ended, by id, in the order of their beginning. */
  #draft = new Map<string, Block>();
  /** Time worked in earlier attempts, and the bounds of the current one, as the log's clock had them. */
  #workedMs = 0;
  #attemptBeganAt: number | null = null;
  #lastEventAt = 0;

  constructor(taskId: string, prompt: string) {
    this.taskId = taskId;
    this.prompt = prompt;
  }

  beginAttempt(at: number): void {
    this.#closeAttempt();
    this.#attemptBeganAt = at;
    this.#lastEventAt = at;
    this.#draft = new Map();
  }

  /** Something happened in this attempt; how long it worked is known by the last of these. */
  touch(at: number): void {
    this.#lastEventAt = Math.max(this.#lastEventAt, at);
  }

  /** @param event of the task, while it runs. */
  apply(event: EventBody): void {
    this.#pendingCalls = pendingCallsAfter(this.#pendingCalls, event);
    if (isBlockEvent(event)) {
      const { blockId } = event.data;
      this.#draft.set(blockId, blockAfter(this.#draft.get(blockId) ?? newBlock(event), event));
    } else if (event.type === "step.started") {
      // A step that begins again says everything anew.
      this.#draft = new Map();
    } else if (event.type === "step.ended") {
      this.steps.push({ blocks: [...this.#draft.values()], ended: event.data });
      this.#draft = new Map();
    } else if (event.type === "tool.ended") {
      this.#results.set(event.data.callId, event.data);
    }
  }

  resultOf(callId: string): ToolEnded | undefined {
    return this.#results.get(callId);
  }

  /** Text of the step that was cut off. */
  get draftText(): string {
    return textOf([...this.#draft.values()]);
  }

  /** Calls of the last step that were neither begun nor answered. */
  get pendingCalls(): readonly ToolCall[] {
    return this.#pendingCalls;
  }

  get usage(): Usage {
    return sumUsage(this.steps.map(({ ended }) => ended.usage));
  }

  /** Milliseconds that attempts before the current one worked; downtime between them is left out. */
  get workedMs(): number {
    return this.#workedMs;
  }

  #closeAttempt(): void {
    if (this.#attemptBeganAt !== null)
      this.#workedMs += Math.max(0, this.#lastEventAt - this.#attemptBeganAt);
  }
}

/** What a step said, its blocks as paragraphs. */
export function textOf(blocks: readonly Block[]): string {
  return blocks
    .filter(({ kind, text }) => kind === "text" && text !== "")
    .map(({ text }) => text)
    .join("\n\n");
}
