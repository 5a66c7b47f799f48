import { CREATED_AT_SECONDS, usageOnWire, type Answer, type AnswerHead } from "./answer.ts";
import type { TokenUsage } from "./reply.ts";
import type { ResponseBody } from "./response-body.ts";

/** Placeholder for the token in an event that is built once and reused. */
const TOKEN_PLACE = "<token-place>";

/** `chat.completion.chunk` objects as server-sent events, like OpenAI's. */
export class StreamedAnswer implements Answer {
  readonly #body: ResponseBody;
  readonly #head: Record<string, unknown>;
  readonly #includeUsage: boolean;
  readonly #tokenPrefix: string;
  readonly #tokenSuffix: string;

  constructor(body: ResponseBody, { id, model, includeUsage }: AnswerHead) {
    this.#body = body;
    this.#head = { id, object: "chat.completion.chunk", created: CREATED_AT_SECONDS, model };
    this.#includeUsage = includeUsage;
    const [prefix, suffix] = this.#event({ content: TOKEN_PLACE }, null).split(TOKEN_PLACE);
    this.#tokenPrefix = prefix!;
    this.#tokenSuffix = suffix!;
  }

  open(): void {
    if (this.#body.isOpen) return;
    this.#body.open(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
    this.#body.write(this.#event({ role: "assistant", content: "" }, null));
  }

  text(piece: string): void {
    this.#send({ content: piece });
  }

  reasoning(piece: string): void {
    this.#send({ reasoning_content: piece });
  }

  toolCall(index: number, id: string, name: string): void {
    this.#send({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] });
  }

  toolCallArguments(index: number, fragment: string): void {
    this.#send({ tool_calls: [{ index, function: { arguments: fragment } }] });
  }

  plainTokens(tokens: readonly string[]): void {
    this.open();
    let events = "";
    for (const token of tokens) events += this.#tokenPrefix + token + this.#tokenSuffix;
    this.#body.write(events);
  }

  raw(bytes: string | Uint8Array): void {
    this.open();
    this.#body.write(bytes);
  }

  finish(reason: string | null, usage: TokenUsage): void {
    this.open();
    if (reason !== null) this.#body.write(this.#event({}, reason));
    if (this.#includeUsage) this.#body.write(sse({ ...this.#head, choices: [], usage: usageOnWire(usage) }));
    this.#body.write("data: [DONE]\n\n");
    this.#body.end("answered");
  }

  #send(delta: Record<string, unknown>): void {
    this.open();
    this.#body.write(this.#event(delta, null));
  }

  #event(delta: Record<string, unknown>, finishReason: string | null): string {
    const choices = [{ index: 0, delta, finish_reason: finishReason }];
    // With usage requested, OpenAI puts a null usage on every chunk.
    return sse({ ...this.#head, choices, ...(this.#includeUsage ? { usage: null } : {}) });
  }
}

function sse(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
