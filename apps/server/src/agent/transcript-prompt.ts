import type { LanguageModelV4Message, LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { TerminalTaskState } from "@trunkline/contract";
import type { Step, Turn } from "./transcript-turn.ts";
import { textOf } from "./transcript-turn.ts";
import { NOT_EXECUTED, promptInput, toolResultOutput } from "./tool-result-text.ts";

type AssistantMessage = Extract<LanguageModelV4Message, { role: "assistant" }>;
type ToolMessage = Extract<LanguageModelV4Message, { role: "tool" }>;

const CUT_NOTES: Record<Exclude<TerminalTaskState, "completed"> | "interrupted", string> = {
  canceled: "[The task above was canceled before this was finished.]",
  failed: "[The task above failed before this was finished.]",
  rejected: "[The task above was rejected.]",
  interrupted: "[The task above was interrupted before this was finished.]",
};

export interface PromptOptions {
  /** Stands for what came before the turns; null: nothing did. */
  summary: string | null;
  /** That is to read them, by its full name. */
  model: string;
}

/**
 * The turns as messages that every provider takes: user and assistant alternate, each tool call has its result right
 * behind it, and no message is empty.
 */
export function projectPrompt(
  system: string,
  turns: readonly Turn[],
  { summary, model }: PromptOptions,
): LanguageModelV4Prompt {
  const current = turns.at(-1);
  const withReasoning = takesReasoningBack(model);
  return [
    { role: "system", content: system },
    ...turns.flatMap((turn, index) => {
      const before = index === 0 ? summary : null;
      return [userMessage(openingOf(turn, before)), ...projectTurn(turn, turn === current, withReasoning)];
    }),
  ];
}

/** OpenAI-compatible servers expect the reasoning of the current turn back; the others want signatures that we do not keep. */
function takesReasoningBack(model: string): boolean {
  return model.startsWith("openai-compatible:");
}

function openingOf({ prompt, openingSteers }: Turn, summary: string | null): string[] {
  const before = summary === null ? [] : [`${SUMMARY_HEADING}\n\n${summary}\n\n${SUMMARY_END}`];
  return [...before, prompt, ...openingSteers];
}

const SUMMARY_HEADING = "[Summary of what came before in this conversation]";
const SUMMARY_END = "[End of the summary. The user's message:]";

function userMessage(texts: readonly string[]): LanguageModelV4Message {
  return { role: "user", content: [{ type: "text", text: texts.join("\n\n") }] };
}

function projectTurn(turn: Turn, isCurrent: boolean, withReasoning: boolean): LanguageModelV4Message[] {
  const isOver = !isCurrent || turn.ending !== null;
  return [
    ...turn.steps.flatMap((step) => projectStep(turn, step, withReasoning && !isOver)),
    ...(isOver ? closing(turn) : []),
  ];
}

function projectStep(turn: Turn, step: Step, withReasoning: boolean): LanguageModelV4Message[] {
  const { toolCalls } = step.ended;
  const content: AssistantMessage["content"] = [];
  for (const { kind, text } of step.blocks) {
    if (text === "") continue;
    if (kind === "text") content.push({ type: "text", text });
    else if (withReasoning) content.push({ type: "reasoning", text });
  }
  for (const call of toolCalls) {
    content.push({
      type: "tool-call",
      toolCallId: call.callId,
      toolName: call.tool,
      input: promptInput(call),
    });
  }
  const results: ToolMessage["content"] = toolCalls.map(({ callId, tool }) => {
    const ended = turn.resultOf(callId);
    const output = ended === undefined ? NOT_EXECUTED : toolResultOutput(ended);
    return { type: "tool-result", toolCallId: callId, toolName: tool, output };
  });
  return [
    ...(content.length > 0 ? [{ role: "assistant" as const, content }] : []),
    ...(results.length > 0 ? [{ role: "tool" as const, content: results }] : []),
    ...(step.steers.length > 0 ? [userMessage(step.steers)] : []),
  ];
}

/** Ends a turn that is over with words of the assistant's, so that the next prompt follows an answer. */
function closing(turn: Turn): LanguageModelV4Message[] {
  if (turn.ending?.state === "completed") {
    const lastStep = turn.steps.at(-1);
    const hasAnswer = lastStep !== undefined && textOf(lastStep.blocks) !== "";
    return hasAnswer && lastStep.ended.toolCalls.length === 0 ? [] : [assistantText("[no answer]")];
  }
  const note = CUT_NOTES[turn.ending?.state ?? "interrupted"];
  const { draftText } = turn;
  return [assistantText(draftText === "" ? note : `${draftText}\n\n${note}`)];
}

function assistantText(text: string): AssistantMessage {
  return { role: "assistant", content: [{ type: "text", text }] };
}
