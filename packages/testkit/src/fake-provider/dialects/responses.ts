import type { Answer } from "../answer.ts";
import type { TokenUsage } from "../reply.ts";
import type { ResponseBody } from "../response-body.ts";
import { ChatMessages, type Dialect, objectsIn, textIn } from "./dialect.ts";

/** OpenAI's Responses API, streamed: https://platform.openai.com/docs/api-reference/responses-streaming */
export const responsesDialect: Dialect = {
  match(method, path) {
    if (method !== "POST" || path !== "/v1/responses") return null;
    // A tool with a grammar in the place of a schema takes text.
    const freeForm = new Set<unknown>();
    return {
      toChat(sent) {
        const messages = new ChatMessages();
        if (typeof sent["instructions"] === "string") {
          messages.list.push({ role: "system", content: sent["instructions"] });
        }
        if (typeof sent["input"] === "string") messages.user(sent["input"]);
        for (const item of objectsIn(sent["input"])) readItem(item, messages);
        const tools = objectsIn(sent["tools"]).flatMap((tool) => {
          if (tool["type"] === "custom") freeForm.add(tool["name"]);
          else if (tool["type"] !== "function") return [];
          return [{ type: "function", function: { name: tool["name"] } }];
        });
        return { model: sent["model"], stream: sent["stream"], messages: messages.list, tools };
      },
      answer: (body, { model }, callNumber) =>
        new ResponsesAnswer(body, `resp_${callNumber}`, model, freeForm),
    };
  },
};

function readItem(item: Record<string, unknown>, messages: ChatMessages): void {
  const id = textIn(item["call_id"]);
  switch (item["type"]) {
    case "function_call":
    case "custom_tool_call":
      return messages.toolCall(id, String(item["name"]), item["arguments"] ?? item["input"]);
    case "function_call_output":
    case "custom_tool_call_output":
      return messages.toolResult(id, textIn(item["output"]));
    case "message":
    case undefined: {
      const text = textIn(item["content"]);
      if (item["role"] === "user") messages.user(text);
      else if (item["role"] === "assistant") messages.assistantText(text);
      else messages.list.push({ role: "system", content: text });
    }
  }
}

type Item = Record<string, unknown> & { type: string };

class ResponsesAnswer implements Answer {
  readonly #body: ResponseBody;
  readonly #id: string;
  readonly #model: string;
  readonly #freeForm: ReadonlySet<unknown>;
  readonly #items: Item[] = [];
  #current: { item: Item; text: string } | undefined;
  #sequence = 0;

  constructor(body: ResponseBody, id: string, model: string, freeForm: ReadonlySet<unknown>) {
    this.#body = body;
    this.#id = id;
    this.#model = model;
    this.#freeForm = freeForm;
  }

  open(): void {
    if (this.#body.isOpen) return;
    this.#body.open(200, { "content-type": "text/event-stream" });
    this.#event("response.created", { response: this.#response("in_progress") });
  }

  text(piece: string): void {
    if (this.#current?.item.type !== "message") {
      this.#begin({
        type: "message",
        id: `msg_${this.#id}`,
        role: "assistant",
        status: "in_progress",
        content: [],
      });
    }
    this.#add(piece);
    const at = { item_id: `msg_${this.#id}`, output_index: this.#items.length, content_index: 0 };
    this.#event("response.output_text.delta", { ...at, delta: piece });
  }

  reasoning(piece: string): void {
    if (this.#current?.item.type !== "reasoning") {
      this.#begin({ type: "reasoning", id: `rs_${this.#id}`, summary: [] });
    }
    this.#add(piece);
    const at = { item_id: `rs_${this.#id}`, output_index: this.#items.length, summary_index: 0 };
    this.#event("response.reasoning_summary_text.delta", { ...at, delta: piece });
  }

  toolCall(index: number, id: string, name: string): void {
    const type = this.#freeForm.has(name) ? "custom_tool_call" : "function_call";
    this.#begin({ type, id: `fc_${this.#id}_${index}`, call_id: id, name, status: "in_progress" });
  }

  toolCallArguments(_index: number, fragment: string): void {
    this.#add(fragment);
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
    const isCut = reason === "length";
    const response = {
      ...this.#response(isCut ? "incomplete" : "completed"),
      ...(isCut && { incomplete_details: { reason: "max_output_tokens" } }),
      usage: {
        input_tokens: usage.promptTokens,
        input_tokens_details: { cached_tokens: usage.cachedTokens ?? 0 },
        output_tokens: usage.completionTokens,
        output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
        total_tokens: usage.promptTokens + usage.completionTokens,
      },
    };
    this.#event(isCut ? "response.incomplete" : "response.completed", { response });
    this.#body.end("answered");
  }

  #begin(item: Item): void {
    this.open();
    this.#end();
    this.#current = { item, text: "" };
    this.#event("response.output_item.added", { output_index: this.#items.length, item });
  }

  #add(text: string): void {
    if (this.#current !== undefined) this.#current.text += text;
  }

  #end(): void {
    if (this.#current === undefined) return;
    const { item, text } = this.#current;
    this.#current = undefined;
    const whole = wholeItem(item, text);
    this.#event("response.output_item.done", { output_index: this.#items.length, item: whole });
    this.#items.push(whole);
  }

  #response(status: string): Record<string, unknown> {
    const { model } = { model: this.#model };
    return {
      id: this.#id,
      object: "response",
      created_at: 1_700_000_000,
      status,
      model,
      output: this.#items,
    };
  }

  #event(type: string, data: Record<string, unknown>): void {
    const event = { type, sequence_number: this.#sequence++, ...data };
    this.#body.write(`event: ${type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
}

function wholeItem(item: Item, text: string): Item {
  const done = { ...item, status: "completed" };
  switch (item.type) {
    case "message":
      return { ...done, content: [{ type: "output_text", text, annotations: [] }] };
    case "reasoning":
      return { ...item, summary: [{ type: "summary_text", text }] };
    case "custom_tool_call":
      return { ...done, input: JSON.parse(text) as unknown };
    default:
      return { ...done, arguments: text };
  }
}
