import type { Answer } from "../answer.ts";
import type { TokenUsage } from "../reply.ts";
import type { ResponseBody } from "../response-body.ts";
import { ChatMessages, type Dialect, objectsIn } from "./dialect.ts";

const PATH = /^\/v1beta\/models\/([^/:]+):(streamGenerateContent|generateContent)$/;

/** Google's Gemini API: https://ai.google.dev/api/generate-content */
export const geminiDialect: Dialect = {
  match(method, path) {
    const [, model, action] = (method === "POST" && PATH.exec(path)) || [];
    if (model === undefined) return null;
    const isStreamed = action === "streamGenerateContent";
    return {
      toChat(sent) {
        const messages = new ChatMessages();
        for (const { role, parts } of objectsIn(sent["contents"]))
          readContent(role, objectsIn(parts), messages);
        const tools = objectsIn(sent["tools"])
          .flatMap((tool) => objectsIn(tool["functionDeclarations"]))
          .map(({ name }) => ({ type: "function", function: { name } }));
        return { model: decodeURIComponent(model), stream: isStreamed, messages: messages.list, tools };
      },
      answer: (body) => new GeminiAnswer(body, isStreamed),
    };
  },
};

/** Calls may have no ids: a result then answers the first open call of its name. */
function readContent(role: unknown, parts: readonly Record<string, unknown>[], messages: ChatMessages): void {
  const responses = parts.flatMap(({ functionResponse }) => (functionResponse as Named | undefined) ?? []);
  for (const { id, name } of responses) {
    messages.toolResult(
      id ?? openCall(messages, name),
      JSON.stringify(responses.find((one) => one.name === name)),
    );
  }
  if (responses.length > 0) return;
  const texts = parts.flatMap(({ text }) => (typeof text === "string" ? text : []));
  if (role !== "model") return messages.user(texts.join("\n"));
  const text = texts.join("");
  if (text !== "") messages.assistantText(text);
  for (const { functionCall } of parts as { functionCall?: Named & { args?: unknown } }[]) {
    if (functionCall === undefined) continue;
    const id = functionCall.id ?? `call-${messages.list.length}-${functionCall.name}`;
    messages.toolCall(id, functionCall.name, functionCall.args);
  }
}

interface Named {
  id?: string;
  name: string;
}

function openCall({ list }: ChatMessages, name: string): string {
  const answered = new Set(
    list.flatMap((message) => (message.role === "tool" ? [message.tool_call_id] : [])),
  );
  const calls = list.flatMap((message) => (message.role === "assistant" ? (message.tool_calls ?? []) : []));
  return calls.find((call) => call.function.name === name && !answered.has(call.id))?.id ?? "unknown";
}

class GeminiAnswer implements Answer {
  readonly #body: ResponseBody;
  readonly #isStreamed: boolean;
  readonly #parts: Record<string, unknown>[] = [];
  #call: { id: string; name: string; json: string } | undefined;

  constructor(body: ResponseBody, isStreamed: boolean) {
    this.#body = body;
    this.#isStreamed = isStreamed;
  }

  open(): void {
    this.#body.open(200, { "content-type": this.#isStreamed ? "text/event-stream" : "application/json" });
  }

  text(piece: string): void {
    this.#part({ text: piece });
  }

  reasoning(piece: string): void {
    this.#part({ text: piece, thought: true });
  }

  toolCall(_index: number, id: string, name: string): void {
    this.#endCall();
    this.#call = { id, name, json: "" };
  }

  toolCallArguments(_index: number, fragment: string): void {
    if (this.#call !== undefined) this.#call.json += fragment;
  }

  plainTokens(tokens: readonly string[]): void {
    this.text(tokens.join(""));
  }

  raw(bytes: string | Uint8Array): void {
    this.open();
    this.#body.write(bytes);
  }

  finish(reason: string | null, usage: TokenUsage): void {
    this.#endCall();
    this.open();
    const last = {
      finishReason: reason === "length" ? "MAX_TOKENS" : "STOP",
      content: { role: "model", parts: this.#isStreamed ? [{ text: "" }] : this.#parts },
      index: 0,
    };
    const { promptTokens, completionTokens, cachedTokens = 0, reasoningTokens = 0 } = usage;
    const usageMetadata = {
      promptTokenCount: promptTokens,
      cachedContentTokenCount: cachedTokens,
      candidatesTokenCount: completionTokens - reasoningTokens,
      thoughtsTokenCount: reasoningTokens,
      totalTokenCount: promptTokens + completionTokens,
    };
    this.#write({ candidates: [last], usageMetadata });
    this.#body.end("answered");
  }

  #endCall(): void {
    if (this.#call === undefined) return;
    const { id, name, json } = this.#call;
    this.#call = undefined;
    this.#part({ functionCall: { id, name, args: JSON.parse(json) as unknown } });
  }

  #part(part: Record<string, unknown>): void {
    this.#parts.push(part);
    if (!this.#isStreamed) return;
    this.open();
    this.#write({ candidates: [{ content: { role: "model", parts: [part] }, index: 0 }] });
  }

  #write(value: unknown): void {
    const json = JSON.stringify(value);
    this.#body.write(this.#isStreamed ? `data: ${json}\r\n\r\n` : json);
  }
}
