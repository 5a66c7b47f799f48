import type { PromptResponse } from "@agentclientprotocol/sdk";
import type { Usage } from "@trunkline/contract";

/** Why a turn ended early, after the agent's name. */
export const STOP_NOTES: Partial<Record<PromptResponse["stopReason"], string>> = {
  max_tokens: "stopped: its answer was cut at the model's output limit",
  max_turn_requests:
    "stopped: it has made as many model calls as it makes in one turn. Send a follow-up to continue",
  refusal: "refused to go on",
};

export function finishReasonOf({ stopReason }: PromptResponse) {
  return stopReason === "max_tokens" ? ("length" as const) : ("stop" as const);
}

/** Of the whole turn, as some agents report it; used where the gateway saw nothing. */
export function usageOf(response: PromptResponse): Usage | null {
  const { usage } = response as { usage?: Record<string, unknown> | null };
  const count = (name: string): number => {
    const value = usage?.[name];
    return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : 0;
  };
  const cachedInputTokens = count("cachedReadTokens");
  const inputTokens = count("inputTokens") + cachedInputTokens + count("cachedWriteTokens");
  const outputTokens = count("outputTokens");
  if (inputTokens + outputTokens === 0) return null;
  return { inputTokens, outputTokens, ...(cachedInputTokens > 0 && { cachedInputTokens }) };
}
