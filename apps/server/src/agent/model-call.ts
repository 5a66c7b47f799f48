import type { BlockKind, EventDataOf, ToolCall, Usage } from "@trunkline/contract";
import type { AnswerBlocks } from "./answer-blocks.ts";
import { outputTooLong, tooManyCalls } from "./answer-bounds.ts";
import { MAX_STEP_CALLS, MAX_STEP_LENGTH } from "./limits.ts";
import type { AnswerCall, AnswerPart } from "./model.ts";
import { openStream, type StreamRequest } from "./model-stream.ts";
import type { RunEvent, RunSink } from "./port.ts";
import { cutFault } from "./call-fault.ts";
import { ProviderFault } from "./provider-fault.ts";
import { withOriginal } from "./original-call.ts";
import { parseToolInput } from "./tool-input.ts";
import { toolNameFor } from "./tool-name.ts";

export interface ModelCall extends StreamRequest {
  /** Receives pieces as they arrive, and blocks that end before the answer does. */
  sink: Pick<RunSink, "delta"> & { append(events: readonly RunEvent[]): Promise<unknown> };
}

/** A complete answer. */
export interface Answer {
  usage: Usage;
  finishReason: EventDataOf<"step.ended">["finishReason"];
  toolCalls: ToolCall[];
}

/**
 * Calls the model once and streams its answer into the sink.
 * @param blocks holds the blocks whose ends are not stored yet, however the call ends.
 * @throws ProviderFault if there is no answer, or it is incomplete or empty (its tool calls must not run); the signal's
 * reason once aborted; what the sink throws.
 */
export async function callModel(call: ModelCall, blocks: AnswerBlocks): Promise<Answer> {
  const { sink, faultContext, request } = call;
  await using stream = await openStream(call);
  const toolCalls: ToolCall[] = [];
  let length = 0;
  let hasText = false;
  const measure = (piece: string): void => {
    length += piece.length;
    if (length > MAX_STEP_LENGTH) throw outputTooLong();
  };

  const say = async ({ type, id, text }: SaidPart): Promise<void> => {
    measure(text);
    if (type === "text") hasText ||= text.trim() !== "";
    if (blocks.hasEnded) await sink.append(blocks.takeEnded());
    await sink.delta(blocks.add(type, id, text));
  };

  const take = (part: Exclude<AnswerPart, SaidPart>): Answer | null => {
    switch (part.type) {
      case "block-end":
        blocks.end(part.kind, part.id, part.metadata);
        return null;
      case "call":
        measure(part.input);
        if (toolCalls.length === MAX_STEP_CALLS) throw tooManyCalls();
        toolCalls.push(toToolCall(part, request.tools?.map(({ name }) => name) ?? []));
        return null;
      case "finish": {
        const { finishReason, usage } = part;
        if (toolCalls.length === 0) assertSomethingSaid(finishReason, hasText);
        return { toolCalls, usage, finishReason };
      }
    }
  };

  for (;;) {
    const parts = await stream.next();
    if (parts === null) throw cutFault("it ended before it was finished", faultContext);
    for (const part of parts) {
      if (isSaid(part)) {
        await say(part);
        continue;
      }
      const answer = take(part);
      if (answer !== null) return answer;
    }
  }
}

type SaidPart = Extract<AnswerPart, { type: BlockKind }>;

function isSaid(part: AnswerPart): part is SaidPart {
  return part.type === "text" || part.type === "reasoning";
}

function toToolCall({ callId, name, input, metadata }: AnswerCall, toolNames: readonly string[]): ToolCall {
  const tool = toolNameFor(name, toolNames);
  const call: ToolCall = { callId, tool, input: parseToolInput(input) };
  if (metadata !== undefined) call.providerMetadata = metadata;
  return tool === name ? call : withOriginal(call, { name: name.toWellFormed() });
}

/** An answer without visible content counts as none, whatever the provider says. */
function assertSomethingSaid(finishReason: Answer["finishReason"], hasText: boolean): void {
  if (finishReason === "tool-calls") {
    throw noAnswer("The model announced a tool call and sent none", true);
  }
  if (hasText) return;
  if (finishReason === "length") {
    throw noAnswer("The model reached its output limit before it answered", false);
  }
  throw noAnswer("The model ended without an answer", true);
}

/** An empty answer is worth a retry, but not five. */
const NO_ANSWER_TRIES = 3;

function noAnswer(message: string, retryable: boolean): ProviderFault {
  return new ProviderFault("provider_no_answer", message, { retryable, maxTries: NO_ANSWER_TRIES });
}
