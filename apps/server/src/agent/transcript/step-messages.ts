import type { LanguageModelV4Message } from "@ai-sdk/provider";
import { providerOptionsOf } from "../original-call.ts";
import type { PromptCalls } from "./prompt-calls.ts";
import { NOT_EXECUTED, promptInput, toolResultOutput } from "./tool-result-text.ts";
import type { Step, Turn } from "./turn.ts";

type AssistantContent = Extract<LanguageModelV4Message, { role: "assistant" }>["content"];
type ToolContent = Extract<LanguageModelV4Message, { role: "tool" }>["content"];

/**
 * A step as messages: the model's output and the results of its calls. Provider metadata (signatures, reasoning, ids)
 * is sent back to the model that it came from, and to no other.
 */
export function projectStep(turn: Turn, step: Step, calls: PromptCalls): LanguageModelV4Message[] {
  const isOwn = step.model === calls.model;
  const content: AssistantContent = [];
  for (const { kind, text, providerMetadata } of step.blocks) {
    const providerOptions = isOwn ? providerOptionsOf(providerMetadata) : undefined;
    if (kind === "text") {
      if (text !== "") content.push({ type: "text", text, ...options(providerOptions) });
    } else if (isOwn && (providerOptions !== undefined || takesPlainReasoning(calls.model, text))) {
      content.push({ type: "reasoning", text, ...options(providerOptions) });
    }
  }
  const results: ToolContent = [];
  for (const call of step.ended.toolCalls) {
    const toolCallId = calls.idFor(call, step.model);
    const toolName = calls.nameFor(call, step.model);
    const providerOptions = isOwn ? providerOptionsOf(call.providerMetadata) : undefined;
    content.push({
      type: "tool-call",
      toolCallId,
      toolName,
      input: promptInput(call),
      ...options(providerOptions),
    });
    const ended = turn.resultOf(call.callId);
    const output = ended === undefined ? NOT_EXECUTED : toolResultOutput(ended);
    results.push({ type: "tool-result", toolCallId, toolName, output });
  }
  return [
    ...(content.length > 0 ? [{ role: "assistant" as const, content }] : []),
    ...(results.length > 0 ? [{ role: "tool" as const, content: results }] : []),
  ];
}

/** Other models require signatures with reasoning. */
function takesPlainReasoning(model: string, text: string): boolean {
  return text !== "" && model.startsWith("openai-compatible:");
}

function options<T>(providerOptions: T | undefined): { providerOptions?: T } {
  return providerOptions === undefined ? {} : { providerOptions };
}
