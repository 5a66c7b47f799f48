import type { LanguageModelV4Message } from "@ai-sdk/provider";
import type { TranscriptBuilder } from "../transcript/transcript.ts";
import type { Turn } from "../transcript/turn.ts";

/** Characters of the conversation that an agent without memory of it is told: its end. */
const MAX_HISTORY_LENGTH = 60_000;
const MAX_RESULT_LENGTH = 2_000;

export interface PromptParts {
  transcript: TranscriptBuilder;
  taskId: string;
  /** Its last task in this session, which it remembers; null: it remembers nothing. */
  rememberedTaskId: string | null;
  /** What the owner of the session's project tells agents; null: nothing. */
  ownersWords: string | null;
  /** Why it works on the task again; null: it begins. */
  resumption: string | null;
}

/** What an agent is told at the start of a task, or when it goes on with one. */
export function agentPrompt({
  transcript,
  taskId,
  rememberedTaskId,
  ownersWords,
  resumption,
}: PromptParts): string {
  const parts: string[] = [];
  if (rememberedTaskId === taskId) {
    // It may have ended before it wrote down what it was told.
    parts.push(`[The user had said]\n\n${saidIn(transcript.turns.at(-1))}\n\n[End of that]`);
  } else {
    if (ownersWords !== null) parts.push(`For this project, its owner says:\n\n${ownersWords}`);
    const history = historyText(transcript, taskId, rememberedTaskId, resumption !== null);
    if (history !== "")
      parts.push(`[What was said in this conversation before]\n\n${history}\n\n[End of that]`);
    parts.push(currentPrompt(transcript));
  }
  if (resumption !== null) parts.push(resumption);
  return parts.join("\n\n");
}

/** All that the user has said to a task. */
function saidIn(turn: Turn | undefined): string {
  if (turn === undefined) return "";
  return [turn.prompt, ...turn.openingSteers, ...turn.steps.flatMap(({ steers }) => steers)].join("\n\n");
}

function currentPrompt(transcript: TranscriptBuilder): string {
  const turn = transcript.turns.at(-1);
  return turn === undefined ? "" : [turn.prompt, ...turn.openingSteers].join("\n\n");
}

/** The conversation as text: all of it, or what came after the task that the agent remembers. */
function historyText(
  transcript: TranscriptBuilder,
  taskId: string,
  rememberedTaskId: string | null,
  withCurrent: boolean,
): string {
  const { turns } = transcript;
  const known = turns.findIndex((turn) => turn.taskId === rememberedTaskId);
  const openings = transcript.prompt("", "").slice(1);
  // Each turn begins with the user's message; what follows a step may be one, too, and is skipped over by its number.
  const texts = openings.map(messageText).filter((text) => text !== "");
  const current = turns.at(-1);
  const isBegun = current !== undefined && current.taskId === taskId && current.steps.length > 0;
  const told = isBegun && withCurrent ? texts : texts.slice(0, -1);
  if (known >= 0) return turnsAfter(transcript, known);
  return told.join("\n\n").slice(-MAX_HISTORY_LENGTH).toWellFormed();
}

/** Of turns that another agent has worked on: what was asked, and what came of it. */
function turnsAfter({ turns }: TranscriptBuilder, known: number): string {
  return turns
    .slice(known + 1, -1)
    .map((turn) => {
      const last = turn.steps.at(-1);
      const answer = last?.blocks.map((block) => (block.kind === "text" ? block.text : "")).join("") ?? "";
      return `User: ${saidIn(turn)}\n\nAnother agent: ${answer || "[no answer]"}`;
    })
    .join("\n\n")
    .slice(-MAX_HISTORY_LENGTH)
    .toWellFormed();
}

function messageText(message: LanguageModelV4Message): string {
  if (message.role === "system") return "";
  const parts = message.content.flatMap((part) => {
    if (part.type === "text") return part.text;
    if (part.type === "tool-call")
      return `[Call of ${part.toolName}: ${shortened(JSON.stringify(part.input))}]`;
    if (part.type === "tool-result") return `[Result: ${shortened(JSON.stringify(part.output))}]`;
    return [];
  });
  if (parts.length === 0) return "";
  return `${message.role === "user" ? "User: " : message.role === "assistant" ? "Agent: " : ""}${parts.join("\n")}`;
}

function shortened(text: string): string {
  return text.length <= MAX_RESULT_LENGTH ? text : `${text.slice(0, MAX_RESULT_LENGTH).toWellFormed()}…`;
}
