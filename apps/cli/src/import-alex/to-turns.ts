import { CallNames, toolName, UNKNOWN_TOOL } from "./call-names.ts";
import type { LegacyMessage, LegacyResult } from "./legacy-session.ts";
import type { Remarks } from "./remarks.ts";
import type { Call, Step, Turn } from "./turn.ts";

/** Prompt for answers at the start of a file, so that they belong to a task. */
const LOST_PROMPT = "[alex did not keep the prompt]";
/** Providers reject an empty prompt. */
const EMPTY_PROMPT = "[empty prompt]";

/** Messages before the first prompt that belong to no turn. */
export interface Turns {
  turns: Turn[];
  /** Characters of omitted system prompts. */
  systemPromptLength: number;
  attachments: string[];
}

/**
 * Groups messages into turns; their order in the file is authoritative. What does not fit becomes a remark, never lost.
 */
export function toTurns(messages: readonly LegacyMessage[], remarks: Remarks): Turns {
  const reader = new TurnReader(remarks);
  for (const message of messages) reader.read(message);
  return reader;
}

class TurnReader implements Turns {
  readonly turns: Turn[] = [];
  readonly attachments: string[] = [];
  systemPromptLength = 0;
  readonly #remarks: Remarks;
  readonly #names = new CallNames();
  /** Calls of the current turn without a result. */
  #open: Call[] = [];

  constructor(remarks: Remarks) {
    this.#remarks = remarks;
  }

  read(message: LegacyMessage): void {
    this.attachments.push(...message.attachments);
    this.#remarks.add("attachments-left-out", message.attachments.length);
    const { role, content, at } = message;
    for (const result of message.results) this.#readResult(result, at);
    if (role === "user") this.#readPrompt(message);
    else if (role === "assistant") this.#readAnswer(message);
    else if (role === "system") this.#readSystem(content, at);
    else if (role === "other") {
      this.#remarks.add("unknown-roles");
      this.#turn(at).entries.push({ kind: "note", message: content, at });
    }
  }

  #readPrompt({ content, at }: LegacyMessage): void {
    this.#open = [];
    this.turns.push({ prompt: content.trim() === "" ? EMPTY_PROMPT : content, at, entries: [] });
  }

  /** The first ones are instructions for the model. Later ones are notes on what happened. */
  #readSystem(content: string, at: number | null): void {
    const turn = this.turns.at(-1);
    if (turn !== undefined) {
      turn.entries.push({ kind: "note", message: content, at });
      return;
    }
    this.systemPromptLength += content.length;
    this.#remarks.add("system-prompts-left-out");
  }

  #readAnswer({ content, calls, at }: LegacyMessage): void {
    const turn = this.#turn(at);
    const last = turn.entries.at(-1);
    // Two adjacent answers become one: a model's turn never follows a model's turn.
    const step = last?.kind === "step" && last.calls.length === 0 ? last : newStep(turn, at);
    if (content !== "") step.texts.push({ text: content, at });
    for (const { id, tool, input } of calls) {
      const call = this.#newCall(id, toolName(tool), input);
      step.calls.push(call);
      this.#open.push(call);
    }
  }

  #readResult({ callId, output, failed }: LegacyResult, at: number | null): void {
    const turn = this.#turn(at);
    const step = turn.entries.findLast((entry) => entry.kind === "step") ?? newStep(turn, at);
    const isMeant = (call: Call): boolean => callId === "" || call.legacyId === callId;
    const isOpen = (call: Call): boolean => call.result === null && isMeant(call);
    // Ids repeat between answers; the latest answer's calls take precedence.
    const open = step.calls.find(isOpen) ?? this.#open.findLast(isMeant);
    if (open !== undefined) {
      open.result = { output, failed, at };
      this.#open.splice(this.#open.indexOf(open), 1);
      return;
    }
    // Some messages repeat a result as text.
    const isRepeated = step.calls.some(
      (call) => call.tool !== UNKNOWN_TOOL && isMeant(call) && call.result?.output === output,
    );
    if (isRepeated) return;
    this.#remarks.add("calls-lost");
    step.calls.push({ ...this.#newCall(callId, UNKNOWN_TOOL, {}), result: { output, failed, at } });
  }

  #newCall(legacyId: string, tool: string, input: Call["input"]): Call {
    return { callId: this.#names.claim(legacyId), legacyId, tool, input, result: null };
  }

  /** The current turn. */
  #turn(at: number | null): Turn {
    const turn = this.turns.at(-1);
    if (turn !== undefined) return turn;
    this.#remarks.add("prompt-lost");
    const opened: Turn = { prompt: LOST_PROMPT, at, entries: [] };
    this.turns.push(opened);
    return opened;
  }
}

function newStep(turn: Turn, at: number | null): Step {
  const step: Step = { kind: "step", at, texts: [], calls: [] };
  turn.entries.push(step);
  return step;
}
