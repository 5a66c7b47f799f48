import { CREATED_AT_SECONDS, usageOnWire, type Answer, type AnswerHead } from "./answer.ts";
import type { TokenUsage } from "./reply.ts";
import type { ResponseBody } from "./response-body.ts";

/** One `chat.completion` document: the response to a request without `stream`. Pieces are collected until `finish`. */
export class WholeAnswer implements Answer {
  readonly #body: ResponseBody;
  readonly #head: AnswerHead;
  readonly #toolCalls = new Map<number, { id: string; name: string; arguments: string }>();
  #text = "";
  #reasoning = "";
  /** Once a script writes raw bytes, they are the body: a document around them would not be garbage. */
  #isRaw = false;

  constructor(body: ResponseBody, head: AnswerHead) {
    this.#body = body;
    this.#head = head;
  }

  open(): void {
    this.#body.open(200, { "content-type": "application/json" });
  }

  text(piece: string): void {
    this.#text += piece;
  }

  reasoning(piece: string): void {
    this.#reasoning += piece;
  }

  toolCall(index: number, id: string, name: string): void {
    this.#toolCalls.set(index, { id, name, arguments: "" });
  }

  toolCallArguments(index: number, fragment: string): void {
    this.#toolCalls.get(index)!.arguments += fragment;
  }

  plainTokens(tokens: readonly string[]): void {
    this.#text += tokens.join("");
  }

  raw(bytes: string | Uint8Array): void {
    this.#isRaw = true;
    this.open();
    this.#body.write(bytes);
  }

  finish(reason: string | null, usage: TokenUsage): void {
    this.open();
    if (!this.#isRaw) this.#body.write(JSON.stringify(this.#document(reason, usage)));
    this.#body.end("answered");
  }

  #document(reason: string | null, usage: TokenUsage): Record<string, unknown> {
    const toolCalls = Array.from(this.#toolCalls.values(), ({ id, name, arguments: json }) => ({
      id,
      type: "function",
      function: { name, arguments: json },
    }));
    const message = {
      role: "assistant",
      content: this.#text === "" ? null : this.#text,
      ...(this.#reasoning === "" ? {} : { reasoning_content: this.#reasoning }),
      ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    };
    return {
      id: this.#head.id,
      object: "chat.completion",
      created: CREATED_AT_SECONDS,
      model: this.#head.model,
      choices: [{ index: 0, message, finish_reason: reason }],
      usage: usageOnWire(usage),
    };
  }
}
