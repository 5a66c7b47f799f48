import type { Answer } from "../answer.ts";
import type { ChatMessage, ChatRequest } from "../chat-request.ts";
import type { ResponseBody } from "../response-body.ts";

/** A provider's API, whose requests and answers are told in those of chat completions: the same scripts serve all. */
export interface Dialect {
  /** @returns null if it is not a request of this API. */
  match(method: string, path: string): DialectCall | null;
}

export interface DialectCall {
  /** What it says in the terms of chat completions; to be checked like any request. */
  toChat(sent: Record<string, unknown>): unknown;
  answer(body: ResponseBody, chat: ChatRequest, callNumber: number): Answer;
}

/** Collects what belongs to one message, because a call of the model is one message of the assistant. */
export class ChatMessages {
  readonly list: ChatMessage[] = [];

  user(text: string): void {
    this.list.push({ role: "user", content: text });
  }

  assistantText(text: string): void {
    const message = this.#assistant();
    message.content = `${typeof message.content === "string" ? message.content : ""}${text}`;
  }

  toolCall(id: string, name: string, input: unknown): void {
    const message = this.#assistant();
    const json = typeof input === "string" ? input : JSON.stringify(input ?? {});
    message.tool_calls = [
      ...(message.tool_calls ?? []),
      { id, type: "function", function: { name, arguments: json } },
    ];
  }

  toolResult(id: string, text: string): void {
    this.list.push({ role: "tool", tool_call_id: id, content: text });
  }

  #assistant(): Extract<ChatMessage, { role: "assistant" }> {
    const last = this.list.at(-1);
    if (last?.role === "assistant") return last;
    const message = { role: "assistant" as const };
    this.list.push(message);
    return message;
  }
}

export function textIn(value: unknown): string {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return value === undefined || value === null ? "" : JSON.stringify(value);
  const texts = objectsIn(value).map(({ text }) => text);
  return texts.filter((text) => typeof text === "string").join("\n");
}

export function objectsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}
