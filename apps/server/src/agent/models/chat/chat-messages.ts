import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
} from "@ai-sdk/provider";
import { CHAT_METADATA_KEY } from "./chat-calls.ts";
import type { ChatTraits } from "./chat-traits.ts";
import { isObject, type JsonObject, objectOr } from "../../json-object.ts";

type AssistantContent = Extract<LanguageModelV4Message, { role: "assistant" }>["content"];
type ToolResult = Extract<
  Extract<LanguageModelV4Message, { role: "tool" }>["content"][number],
  { type: "tool-result" }
>;

/** The prompt in chat-completions format. What this server sent with its answers is sent back unchanged. */
export function chatMessages(prompt: LanguageModelV4Prompt, traits: ChatTraits): JsonObject[] {
  const messages = prompt.flatMap((message) => chatMessage(message, traits));
  return traits.has("no-system-role") ? withoutSystemRole(messages) : messages;
}

function chatMessage(message: LanguageModelV4Message, traits: ChatTraits): JsonObject[] {
  switch (message.role) {
    case "system":
      return [{ role: "system", content: message.content }];
    case "user":
      return [{ role: "user", content: userContent(message.content) }];
    case "assistant":
      return [assistantMessage(message.content, traits)];
    case "tool":
      return message.content.flatMap((part) => (part.type === "tool-result" ? toolMessages(part) : []));
  }
}

type UserContent = Extract<LanguageModelV4Message, { role: "user" }>["content"];

function userContent(content: UserContent): string | JsonObject[] {
  if (content.every((part) => part.type === "text")) return content.map(({ text }) => text).join("\n\n");
  return content.map((part) => (part.type === "text" ? { type: "text", text: part.text } : filePart(part)));
}

function filePart({ data, mediaType, filename }: LanguageModelV4FilePart): JsonObject {
  const isImage = mediaType.startsWith("image/");
  if (data.type === "url" && isImage) return { type: "image_url", image_url: { url: data.url.toString() } };
  if (data.type === "text") return { type: "text", text: data.text };
  if (data.type === "data") {
    const base64 = typeof data.data === "string" ? data.data : Buffer.from(data.data).toString("base64");
    const url = `data:${mediaType};base64,${base64}`;
    return isImage
      ? { type: "image_url", image_url: { url } }
      : { type: "file", file: { filename: filename ?? "file", file_data: url } };
  }
  return { type: "text", text: `[A file of type ${mediaType} that cannot be shown here]` };
}

function assistantMessage(content: AssistantContent, traits: ChatTraits): JsonObject {
  const texts: string[] = [];
  const calls: JsonObject[] = [];
  const thoughts: string[] = [];
  const extras: JsonObject = {};
  const reasoningFields = new Set<string>();
  for (const part of content) {
    const own = objectOr(part.providerOptions?.[CHAT_METADATA_KEY]);
    if (!traits.has("no-echo")) Object.assign(extras, objectOr(own["message"]));
    for (const field of Array.isArray(own["reasoning"]) ? own["reasoning"] : [])
      reasoningFields.add(String(field));
    if (part.type === "text") texts.push(part.text);
    else if (part.type === "reasoning" && own["marked"] !== true) thoughts.push(part.text);
    else if (part.type === "tool-call") calls.push(toolCall(part, own, traits));
  }
  // Logs from before its name was recorded.
  if (reasoningFields.size === 0 && thoughts.length > 0) reasoningFields.add("reasoning_content");
  const reasoning: JsonObject = {};
  // For answers without calls the provider wants no reasoning back.
  if (calls.length > 0 && !traits.has("no-echo")) {
    for (const field of reasoningFields) reasoning[field] = thoughts.join("\n\n");
    if (traits.has("fill-reasoning")) reasoning["reasoning_content"] ??= "";
  }
  const text = texts.join("\n\n");
  // Stored extras never override the log: a log may be untrusted.
  return {
    ...extras,
    ...reasoning,
    role: "assistant",
    content: text === "" && calls.length > 0 && !traits.has("empty-content") ? null : text,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

function toolCall(
  part: Extract<AssistantContent[number], { type: "tool-call" }>,
  own: JsonObject,
  traits: ChatTraits,
): JsonObject {
  const withExtras = !traits.has("no-echo");
  const call: JsonObject = {
    ...(withExtras ? objectOr(own["call"]) : {}),
    id: part.toolCallId,
    type: "function",
    function: {
      ...(withExtras ? objectOr(own["function"]) : {}),
      name: part.toolName,
      arguments: JSON.stringify(part.input),
    },
  };
  // Documented by Google for calls made by another model.
  if (traits.has("stand-in-signature") && !isObject(call["extra_content"])) {
    call["extra_content"] = { google: { thought_signature: "skip_thought_signature_validator" } };
  }
  return call;
}

/** Tool messages hold only text; images follow in a user message. */
function toolMessages({ toolCallId, output }: ToolResult): JsonObject[] {
  const message = (content: string): JsonObject => ({ role: "tool", tool_call_id: toolCallId, content });
  switch (output.type) {
    case "text":
    case "error-text":
      return [message(output.value)];
    case "execution-denied":
      return [message(output.reason ?? "This call was denied")];
    case "json":
    case "error-json":
      return [message(JSON.stringify(output.value))];
    case "content": {
      const texts = output.value.flatMap((part) => (part.type === "text" ? [part.text] : []));
      const files = output.value.flatMap((part) => (part.type === "file" ? [filePart(part)] : []));
      const result = message(texts.join("\n\n") || "(see the files that follow)");
      return files.length === 0 ? [result] : [result, { role: "user", content: files }];
    }
  }
}

/** For templates without a system role: prepend its text to the first user message. */
function withoutSystemRole(messages: readonly JsonObject[]): JsonObject[] {
  const system = messages.flatMap(({ role, content }) => (role === "system" ? [String(content)] : []));
  const others = messages.filter(({ role }) => role !== "system");
  const [first, ...rest] = others;
  if (first === undefined) return others;
  const { content } = first;
  const before = system.join("\n\n");
  const merged = Array.isArray(content)
    ? [{ type: "text", text: before }, ...(content as JsonObject[])]
    : `${before}\n\n${String(content)}`;
  return [{ ...first, content: merged }, ...rest];
}
