import type { LanguageModelV4StreamPart, LanguageModelV4Usage } from "@ai-sdk/provider";
import type { EventDataOf, ToolCall, Usage } from "@trunkline/contract";
import type { AnswerBlocks } from "./answer-blocks.ts";
import { MAX_STEP_LENGTH } from "./limits.ts";
import { openStream, type StreamRequest } from "./model-stream.ts";
import type { RunSink } from "./port.ts";
import { streamFault } from "./provider-fault.ts";
import { RunFailure } from "./run-failure.ts";
import { parseToolInput } from "./tool-input.ts";

export interface ModelCall extends StreamRequest {
  sink: RunSink;
}

/** An answer that ended whole. */
export interface Answer {
  usage: Usage;
  finishReason: EventDataOf<"step.ended">["finishReason"];
  toolCalls: ToolCall[];
}

type FinishPart = Extract<LanguageModelV4StreamPart, { type: "finish" }>;

/**
 * Calls the model once and streams what it says into the sink.
 * @param blocks is left with the blocks whose ends are not stored yet, whichever way the call ends.
 * @throws ProviderFault where the answer does not come, or not to its end: its tool calls are then nobody's; the
 *   signal's reason once it is aborted; RunFailure; what the sink throws.
 */
export async function callModel(call: ModelCall, blocks: AnswerBlocks): Promise<Answer> {
  const { sink, faultContext } = call;
  await using stream = await openStream(call);
  const toolCalls: ToolCall[] = [];
  let length = 0;
  const measure = (piece: string): void => {
    length += piece.length;
    if (length > MAX_STEP_LENGTH) throw tooLong();
  };

  for (;;) {
    const part = await stream.next();
    if (part === null) throw streamFault("it ended before it was finished", faultContext);
    switch (part.type) {
      case "text-start":
      case "reasoning-start": {
        const ended = blocks.takeEnded();
        if (ended.length > 0) await sink.append(ended);
        break;
      }
      case "text-delta":
      case "reasoning-delta":
        if (part.delta === "") break;
        measure(part.delta);
        await sink.delta(blocks.add(part.type === "text-delta" ? "text" : "reasoning", part.id, part.delta));
        break;
      case "text-end":
      case "reasoning-end":
        blocks.end(part.type === "text-end" ? "text" : "reasoning", part.id);
        break;
      case "tool-input-delta":
        measure(part.delta);
        break;
      case "tool-call":
        toolCalls.push({
          callId: part.toolCallId,
          tool: part.toolName || "unnamed",
          input: parseToolInput(part.input),
        });
        break;
      case "error":
        throw streamFault(part.error, faultContext);
      case "finish":
        return { toolCalls, usage: toUsage(part.usage), finishReason: finishReasonOf(part, call) };
      default:
        break;
    }
  }
}

function finishReasonOf({ finishReason }: FinishPart, { faultContext }: ModelCall): Answer["finishReason"] {
  const { unified, raw } = finishReason;
  if (unified === "error" || unified === "interrupted") {
    throw streamFault(`the provider ended it with '${raw ?? unified}'`, faultContext);
  }
  return unified;
}

function toUsage({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage {
  return {
    inputTokens: count(inputTokens.total) ?? 0,
    outputTokens: count(outputTokens.total) ?? 0,
    reasoningTokens: count(outputTokens.reasoning),
    cachedInputTokens: count(inputTokens.cacheRead),
  };
}

/** Providers have sent fractions and NaN; the contract takes whole numbers. */
function count(tokens: number | undefined): number | undefined {
  return tokens === undefined || !Number.isFinite(tokens) ? undefined : Math.max(0, Math.round(tokens));
}

function tooLong(): RunFailure {
  return new RunFailure({
    code: "provider_output_too_long",
    message: `The model said more than ${MAX_STEP_LENGTH} characters in one step`,
    retryable: false,
  });
}
