import type { Answer } from "../answer.ts";
import type { TokenUsage } from "../reply.ts";
import type { ResponseBody } from "../response-body.ts";
import { ChatMessages, type Dialect, objectsIn, textIn } from "./dialect.ts";

/** Anthropic's Messages API, streamed: https://platform.claude.com/docs/en/build-with-claude/streaming */
export const messagesDialect: Dialect = {
  match(method, path) {
    if (method !== "POST" || path !== "/v1/messages") return null;
    return {
      toChat(sent) {
        const messages = new ChatMessages();
        const system = textIn(sent["system"]);
        if (system !== "") messages.list.push({ role: "system", content: system });
        for (const { role, content } of objectsIn(sent["messages"])) readMessage(role, content, messages);
        const tools = objectsIn(sent["tools"]).map(({ name }) => ({ type: "function", function: { name } }));
        return { model: sent["model"], stream: sent["stream"], messages: messages.list, tools };
      },
      answer: (body, { model, stream }, callNumber) =>
        new MessagesAnswer(body, { id: `msg_${callNumber}`, model, isStreamed: stream === true }),
    };
  },
};

function readMessage(role: unknown, content: unknown, messages: ChatMessages): void {
  if (role === "user") {
    const parts = objectsIn(content);
    const results = parts.filter(({ type }) => type === "tool_result");
    for (const { tool_use_id: id, content: result } of results)
      messages.toolResult(String(id), textIn(result));
    // Beside results, text is a remark of the client's and no new prompt.
    if (results.length === 0) messages.user(textIn(content));
    return;
  }
  if (role === "system") return void messages.list.push({ role: "system", content: textIn(content) });
  if (typeof content === "string") return messages.assistantText(content);
  for (const { type, text, id, name, input } of objectsIn(content)) {
    if (type === "text") messages.assistantText(String(text));
    else if (type === "tool_use") messages.toolCall(String(id), String(name), input);
  }
}

type Kind = "text" | "thinking" | "tool_use";

class MessagesAnswer implements Answer {
  readonly #body: ResponseBody;
  readonly #head: { id: string; model: string; isStreamed: boolean };
  readonly #blocks: Record<string, unknown>[] = [];
  #current: { kind: Kind; block: Record<string, unknown>; text: string } | undefined;

  constructor(body: ResponseBody, head: { id: string; model: string; isStreamed: boolean }) {
    this.#body = body;
    this.#head = head;
  }

  open(): void {
    if (this.#body.isOpen) return;
    const { isStreamed } = this.#head;
    this.#body.open(200, { "content-type": isStreamed ? "text/event-stream" : "application/json" });
    this.#event("message_start", { message: this.#message({ promptTokens: 0, completionTokens: 0 }, null) });
  }

  text(piece: string): void {
    if (this.#current?.kind !== "text") this.#begin("text", { type: "text", text: "" });
    this.#delta(piece, { type: "text_delta", text: piece });
  }

  reasoning(piece: string): void {
    if (this.#current?.kind !== "thinking")
      this.#begin("thinking", { type: "thinking", thinking: "", signature: "" });
    this.#delta(piece, { type: "thinking_delta", thinking: piece });
  }

  toolCall(_index: number, id: string, name: string): void {
    this.#begin("tool_use", { type: "tool_use", id, name, input: {} });
  }

  toolCallArguments(_index: number, fragment: string): void {
    this.#delta(fragment, { type: "input_json_delta", partial_json: fragment });
  }

  plainTokens(tokens: readonly string[]): void {
    this.text(tokens.join(""));
  }

  raw(bytes: string | Uint8Array): void {
    this.open();
    this.#body.write(bytes);
  }

  finish(reason: string | null, usage: TokenUsage): void {
    this.open();
    this.#end();
    const stop = STOP_REASONS[reason ?? ""] ?? "end_turn";
    this.#event("message_delta", {
      delta: { stop_reason: stop, stop_sequence: null },
      usage: usageOf(usage),
    });
    this.#event("message_stop", {});
    if (!this.#head.isStreamed) this.#body.write(JSON.stringify(this.#message(usage, stop)));
    this.#body.end("answered");
  }

  #begin(kind: Kind, block: Record<string, unknown>): void {
    this.open();
    this.#end();
    this.#current = { kind, block, text: "" };
    this.#event("content_block_start", { index: this.#blocks.length, content_block: block });
  }

  #delta(text: string, delta: Record<string, unknown>): void {
    if (this.#current !== undefined) this.#current.text += text;
    this.#event("content_block_delta", { index: this.#blocks.length, delta });
  }

  #end(): void {
    if (this.#current === undefined) return;
    const { kind, block, text } = this.#current;
    this.#current = undefined;
    this.#event("content_block_stop", { index: this.#blocks.length });
    if (kind === "tool_use") this.#blocks.push({ ...block, input: JSON.parse(text) as unknown });
    else this.#blocks.push({ ...block, [kind]: text });
  }

  #message(usage: TokenUsage, stop: string | null): Record<string, unknown> {
    const { id, model } = this.#head;
    const content = [...this.#blocks];
    const head = { id, type: "message", role: "assistant", model, content };
    return { ...head, stop_reason: stop, stop_sequence: null, usage: usageOf(usage) };
  }

  #event(type: string, data: Record<string, unknown>): void {
    if (this.#head.isStreamed)
      this.#body.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  }
}

const STOP_REASONS: Readonly<Record<string, string>> = { tool_calls: "tool_use", length: "max_tokens" };

function usageOf({ promptTokens, completionTokens, cachedTokens = 0 }: TokenUsage): Record<string, number> {
  return {
    input_tokens: promptTokens - cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedTokens,
    output_tokens: completionTokens,
  };
}
