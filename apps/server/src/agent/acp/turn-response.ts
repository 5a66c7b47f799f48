import type { PromptResponse } from "@agentclientprotocol/sdk";
import type { Usage } from "@trunkline/contract";
import { printable } from "../../common/printable.ts";
import { wholeTokens } from "../models/chat/chat-usage.ts";

/** Why a turn ended early, after the agent's name. */
const STOP_NOTES: Partial<Record<PromptResponse["stopReason"], string>> = {
  max_tokens: "stopped: its answer was cut at the model's output limit",
  max_turn_requests:
    "stopped: it has made as many model calls as it makes in one turn. Send a follow-up to continue",
  refusal: "refused to go on",
};

/** @returns undefined: it was done. */
export function stopNote(stopReason: PromptResponse["stopReason"]): string | undefined {
  if (stopReason === "end_turn") return undefined;
  // Agents are newer than this server.
  return STOP_NOTES[stopReason] ?? `stopped early: ${printable(stopReason.slice(0, 100))}`;
}

export function finishReasonOf({ stopReason }: PromptResponse) {
  return stopReason === "max_tokens" ? ("length" as const) : ("stop" as const);
}

/** Of the whole turn, as some agents report it; used where the gateway saw nothing. */
export function usageOf(response: PromptResponse): Usage | null {
  const { usage } = response as { usage?: Record<string, unknown> | null };
  const count = (name: string): number => wholeTokens(usage?.[name]) ?? 0;
  const cachedInputTokens = count("cachedReadTokens");
  const inputTokens = count("inputTokens") + cachedInputTokens + count("cachedWriteTokens");
  const outputTokens = count("outputTokens");
  if (inputTokens + outputTokens === 0) return null;
  return { inputTokens, outputTokens, ...(cachedInputTokens > 0 && { cachedInputTokens }) };
}
