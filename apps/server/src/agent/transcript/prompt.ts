import type { LanguageModelV4Message, LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { ContentPart, TerminalTaskState } from "@trunkline/contract";
import { attachedFile } from "../attached-files.ts";
import { instructionText } from "../instruction-text.ts";
import { PromptCalls } from "./prompt-calls.ts";
import { projectStep } from "./step-messages.ts";
import type { Step, Turn } from "./turn.ts";
import { textOf } from "./turn.ts";

type AssistantMessage = Extract<LanguageModelV4Message, { role: "assistant" }>;

const CUT_NOTES: Record<Exclude<TerminalTaskState, "completed"> | "interrupted", string> = {
  canceled: "[The task above was canceled before this was finished.]",
  failed: "[The task above failed before this was finished.]",
  rejected: "[The task above was rejected.]",
  interrupted: "[The task above was interrupted before this was finished.]",
};

export interface PromptOptions {
  /** Summary of what came before the turns; null if there is none. */
  summary: string | null;
  /** Full name of the model that will read it: only its own metadata is sent back to it. */
  model: string;
}

/**
 * The turns as messages that every provider accepts: user and assistant alternate, each tool call is followed by its
 * result, and no message is empty.
 */
export function projectPrompt(
  system: string,
  turns: readonly Turn[],
  { summary, model }: PromptOptions,
): LanguageModelV4Prompt {
  const current = turns.at(-1);
  const calls = new PromptCalls(model);
  return [
    { role: "system", content: system },
    ...turns.flatMap((turn, index) => {
      const before = index === 0 ? summary : null;
      return [
        userMessage(openingOf(turn, before), turn.attachments),
        ...projectTurn(turn, turn === current, calls),
      ];
    }),
  ];
}

function openingOf({ prompt, openingSteers, openingInstructions }: Turn, summary: string | null): string[] {
  const before = summary === null ? [] : [`${SUMMARY_HEADING}\n\n${summary}\n\n${SUMMARY_END}`];
  const given = openingInstructions.map(instructionText);
  // So that the prompt cannot be taken for a part of them.
  const end = given.length === 0 || summary !== null ? [] : [INSTRUCTIONS_END];
  return [...given, ...end, ...before, prompt, ...openingSteers];
}

const INSTRUCTIONS_END = "[End of the instructions. The user's message:]";
const SUMMARY_HEADING = "[Summary of what came before in this conversation]";
const SUMMARY_END = "[End of the summary. The user's message:]";

function userMessage(
  texts: readonly string[],
  attachments: readonly ContentPart[] = [],
): LanguageModelV4Message {
  const text = { type: "text" as const, text: texts.join("\n\n").toWellFormed() };
  return { role: "user", content: [text, ...attachments.flatMap(attachedFile)] };
}

function projectTurn(turn: Turn, isCurrent: boolean, calls: PromptCalls): LanguageModelV4Message[] {
  const isOver = !isCurrent || turn.ending !== null;
  return [
    ...turn.steps.flatMap((step) => [...projectStep(turn, step, calls), ...messageAfter(step)]),
    ...(isOver ? closing(turn) : []),
  ];
}

function messageAfter({ instructions, steers }: Step): LanguageModelV4Message[] {
  const texts = [...instructions.map(instructionText), ...steers];
  return texts.length > 0 ? [userMessage(texts)] : [];
}

/** Ends a finished turn with an assistant message, so that the next prompt follows an answer. */
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
