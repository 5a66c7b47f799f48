import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from "@ai-sdk/provider";
import type { Usage } from "@trunkline/contract";
import { callFault, streamFault } from "../call-fault.ts";
import { filteredFault, finishReasonOf } from "../finish-reason.ts";
import type {
  AnswerPart,
  FinishReason,
  Model,
  ModelCallContext,
  ProviderMetadata,
  FaultContext,
} from "../model.ts";
import { wholeTokens } from "./chat/chat-usage.ts";
import { wellFormedJson } from "../json-object.ts";
import { portableSchema } from "./chat/portable-schema.ts";
import { signsOfLife } from "./provider-fetch.ts";

export interface SdkModelOptions {
  maxOutputTokens?: number | undefined;
  /** Options of every call. */
  providerOptions?: LanguageModelV4CallOptions["providerOptions"];
  /** Changes each prompt for the provider. */
  adapt?: (prompt: LanguageModelV4Prompt) => LanguageModelV4Prompt;
}

/** A model behind one of the AI SDK's providers. */
export function createSdkModel(model: LanguageModelV4, options: SdkModelOptions): Model {
  return {
    modelId: model.modelId,
    async ask({ prompt, tools, maxOutputTokens, effort }, call) {
      const ending = new AbortController();
      const abortSignal = AbortSignal.any([call.signal, ending.signal]);
      const { adapt = (given) => given } = options;
      const callOptions: LanguageModelV4CallOptions = { prompt: adapt(prompt), abortSignal };
      if (tools !== undefined) callOptions.tools = tools.map(portableTool);
      if (effort !== undefined) callOptions.reasoning = effort;
      const limit = maxOutputTokens ?? options.maxOutputTokens;
      if (limit !== undefined) callOptions.maxOutputTokens = limit;
      if (options.providerOptions !== undefined) callOptions.providerOptions = options.providerOptions;
      try {
        const { stream } = await signsOfLife.run(call.onLife, () => model.doStream(callOptions));
        return readParts(stream, call, ending);
      } catch (error) {
        ending.abort();
        call.signal.throwIfAborted();
        throw callFault(error, call.faultContext);
      }
    },
  };
}

const portable = new WeakMap<LanguageModelV4FunctionTool, LanguageModelV4FunctionTool>();

function portableTool(tool: LanguageModelV4FunctionTool): LanguageModelV4FunctionTool {
  const known = portable.get(tool);
  if (known !== undefined) return known;
  const inputSchema: object = portableSchema(tool.inputSchema as object);
  const made = { ...tool, inputSchema };
  portable.set(tool, made);
  return made;
}

async function* readParts(
  stream: ReadableStream<LanguageModelV4StreamPart>,
  { faultContext, onLife }: ModelCallContext,
  ending: AbortController,
): AsyncGenerator<readonly AnswerPart[], void, undefined> {
  const metadata = new BlockMetadata();
  try {
    for await (const part of stream) {
      onLife();
      const parts = partsOf(part, metadata, faultContext);
      if (parts.length > 0) yield parts;
      if (part.type === "finish") return;
    }
  } catch (error) {
    throw streamFault(error, faultContext);
  } finally {
    ending.abort();
  }
}

function partsOf(
  part: LanguageModelV4StreamPart,
  metadata: BlockMetadata,
  context: FaultContext,
): readonly AnswerPart[] {
  switch (part.type) {
    case "text-start":
    case "reasoning-start":
      metadata.add(part.id, part.providerMetadata);
      return [];
    case "text-delta":
    case "reasoning-delta": {
      metadata.add(part.id, part.providerMetadata);
      if (part.delta === "") return [];
      const type = part.type === "text-delta" ? "text" : "reasoning";
      return [{ type, id: part.id, text: part.delta.toWellFormed() }];
    }
    case "text-end":
    case "reasoning-end": {
      metadata.add(part.id, part.providerMetadata);
      const kind = part.type === "text-end" ? "text" : "reasoning";
      return [{ type: "block-end", kind, id: part.id, metadata: metadata.take(part.id) }];
    }
    case "tool-call":
      return [
        {
          type: "call",
          callId: part.toolCallId,
          name: part.toolName,
          input: part.input,
          metadata: kept(part.providerMetadata),
        },
      ];
    case "error":
      throw streamFault(part.error, context);
    case "finish":
      return [
        {
          type: "finish",
          finishReason: finishReason(part.finishReason, context),
          usage: usageOf(part.usage),
        },
      ];
    default:
      return [];
  }
}

type FinishPart = Extract<LanguageModelV4StreamPart, { type: "finish" }>;

function finishReason({ unified, raw }: FinishPart["finishReason"], context: FaultContext): FinishReason {
  if (unified === "content-filter") throw filteredFault(context);
  if (unified === "stop" || unified === "length" || unified === "tool-calls") return unified;
  return finishReasonOf(raw ?? unified, context);
}

function usageOf({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage {
  const cacheWriteTokens = wholeTokens(inputTokens.cacheWrite) ?? 0;
  return {
    inputTokens: wholeTokens(inputTokens.total) ?? 0,
    outputTokens: wholeTokens(outputTokens.total) ?? 0,
    reasoningTokens: wholeTokens(outputTokens.reasoning),
    cachedInputTokens: wholeTokens(inputTokens.cacheRead),
    ...(cacheWriteTokens > 0 && { cacheWriteTokens }),
  };
}

/** Signatures arrive with a block's start, a piece of it, or its end. */
class BlockMetadata {
  readonly #blocks = new Map<string, ProviderMetadata>();

  add(id: string, metadata: SharedV4ProviderMetadata | undefined): void {
    const more = kept(metadata);
    if (more === undefined) return;
    const merged = { ...this.#blocks.get(id) };
    for (const [provider, fields] of Object.entries(more))
      merged[provider] = { ...merged[provider], ...fields };
    this.#blocks.set(id, merged);
  }

  take(id: string): ProviderMetadata | undefined {
    const metadata = this.#blocks.get(id);
    this.#blocks.delete(id);
    return metadata;
  }
}

function kept(metadata: SharedV4ProviderMetadata | undefined): ProviderMetadata | undefined {
  if (metadata === undefined || Object.keys(metadata).length === 0) return undefined;
  // Store only what JSON can represent.
  return wellFormedJson(JSON.parse(JSON.stringify(metadata)) as ProviderMetadata);
}
