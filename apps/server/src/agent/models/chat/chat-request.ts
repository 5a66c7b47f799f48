import type { ModelRequest } from "../../model.ts";
import { CHAT_METADATA_KEY } from "./chat-calls.ts";
import { chatMessages } from "./chat-messages.ts";
import type { ChatTrait, ChatTraits } from "./chat-traits.ts";
import type { JsonObject } from "../../json-object.ts";
import { plainSchema, portableSchema } from "./portable-schema.ts";

/** Request body for one answer. */
export function chatRequest(
  model: string,
  { prompt, tools = [], maxOutputTokens, effort }: ModelRequest,
  traits: ChatTraits,
): JsonObject {
  const streams = !traits.has("no-stream");
  const maxTokensField = traits.has("max-completion-tokens") ? "max_completion_tokens" : "max_tokens";
  const schemaOf = traits.has("plain-schemas") ? plainSchema : portableSchema;
  return {
    model,
    messages: chatMessages(prompt, traits),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, inputSchema }) => ({
            type: "function",
            function: { name, description, parameters: schemaOf(inputSchema as object) },
          })),
        }),
    ...(maxOutputTokens === undefined || traits.has("no-max-tokens")
      ? {}
      : { [maxTokensField]: maxOutputTokens }),
    ...(effort === undefined || traits.has("no-effort") ? {} : { reasoning_effort: effort }),
    stream: streams,
    ...(streams && !traits.has("no-stream-options") ? { stream_options: { include_usage: true } } : {}),
  };
}

/** Whether a trait would change the request. */
export function changesRequest(trait: ChatTrait, request: ModelRequest, traits: ChatTraits): boolean {
  if (traits.has(trait)) return false;
  const parts = request.prompt.flatMap(({ role, content }) => (role === "assistant" ? content : []));
  switch (trait) {
    case "no-stream-options":
      return !traits.has("no-stream");
    case "max-completion-tokens":
    case "no-max-tokens":
      return request.maxOutputTokens !== undefined && !traits.has("no-max-tokens");
    case "no-effort":
      return request.effort !== undefined;
    case "plain-schemas":
      return (request.tools ?? []).length > 0;
    case "fill-reasoning":
      return !traits.has("no-echo") && parts.some(({ type }) => type === "tool-call");
    case "stand-in-signature":
    case "empty-content":
      return parts.some(({ type }) => type === "tool-call");
    case "no-echo":
      return (
        !traits.has("fill-reasoning") &&
        parts.some(
          ({ type, providerOptions }) =>
            type === "reasoning" || providerOptions?.[CHAT_METADATA_KEY] !== undefined,
        )
      );
    case "no-system-role":
      return request.prompt.some(({ role }) => role === "system");
    case "no-stream":
      return true;
  }
}
