import type { TokenUsage } from "./reply.ts";

/** Writes an answer: as a stream of chunks, or as one JSON document. */
export interface Answer {
  /** Status 200 and headers; later calls do nothing. */
  open(): void;
  text(piece: string): void;
  reasoning(piece: string): void;
  /** Starts the call with this index; its arguments follow. */
  toolCall(index: number, id: string, name: string): void;
  toolCallArguments(index: number, fragment: string): void;
  /** Tokens of printable ASCII that need no escaping: the fast path for benchmarks. */
  plainTokens(tokens: readonly string[]): void;
  raw(bytes: string | Uint8Array): void;
  /** The regular end of an answer. */
  finish(reason: string | null, usage: TokenUsage): void;
}

export interface AnswerHead {
  id: string;
  model: string;
  includeUsage: boolean;
}

/** Fixed, so that the same script produces bodies of the same length. */
export const CREATED_AT_SECONDS = 1_700_000_000;

export function usageOnWire(usage: TokenUsage): Record<string, unknown> {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  };
}
