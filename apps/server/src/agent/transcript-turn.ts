import type { EventDataOf, ToolCall, Usage } from "@trunkline/contract";

export type StepEnded = EventDataOf<"step.ended">;
export type ToolEnded = EventDataOf<"tool.ended">;
export type TurnEnding = "completed" | "failed" | "canceled" | "rejected";

export interface Block {
  kind: "text" | "reasoning";
  text: string;
}

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
  ending: TurnEnding | null = null;
  readonly #called = new Set<string>();
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

  beginStep(): void {
    this.#draft = new Map();
  }

  addPiece(kind: Block["kind"], blockId: string, text: string): void {
    const block = this.#draft.get(blockId);
    if (block === undefined) this.#draft.set(blockId, { kind, text });
    else block.text += text;
  }

  endBlock(kind: Block["kind"], blockId: string, text: string): void {
    this.#draft.set(blockId, { kind, text });
  }

  endStep(ended: StepEnded): void {
    this.steps.push({ blocks: [...this.#draft.values()], ended });
    this.#draft = new Map();
  }

  callTool(callId: string): void {
    this.#called.add(callId);
  }

  endTool(ended: ToolEnded): void {
    this.#results.set(ended.callId, ended);
  }

  resultOf(callId: string): ToolEnded | undefined {
    return this.#results.get(callId);
  }

  /** Text of the step that was cut off. */
  get draftText(): string {
    return textOf([...this.#draft.values()]);
  }

  /** Calls of the last step that were neither begun nor answered. Begun ones are never begun again. */
  get pendingCalls(): ToolCall[] {
    const calls = this.steps.at(-1)?.ended.toolCalls ?? [];
    return calls.filter(({ callId }) => !this.#called.has(callId) && !this.#results.has(callId));
  }

  get usage(): Usage {
    return this.steps.reduce((sum, { ended }) => addUsage(sum, ended.usage), NO_USAGE);
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

const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0 };

function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: addOptional(a.reasoningTokens, b.reasoningTokens),
    cachedInputTokens: addOptional(a.cachedInputTokens, b.cachedInputTokens),
  };
}

function addOptional(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}
