import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { monotonicMicros } from "../monotonic-micros.ts";
import type { WaitOptions } from "../wait-for.ts";
import { parseChatRequest, type ChatRequest } from "./chat-request.ts";
import { chatDialect } from "./dialects/chat.ts";
import type { Dialect, DialectCall } from "./dialects/dialect.ts";
import { geminiDialect } from "./dialects/gemini.ts";
import { messagesDialect } from "./dialects/messages.ts";
import { responsesDialect } from "./dialects/responses.ts";
import { Pacer } from "./pacer.ts";
import { playReply } from "./play-reply.ts";
import { createPromptScript } from "./prompt-script.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { httpError, reply, type Reply } from "./reply.ts";
import { RequestRecord } from "./request-record.ts";
import { ResponseBody } from "./response-body.ts";
import { serverEnv } from "./server-env.ts";

export type Respond = (request: ChatRequest, callNumber: number) => Reply | Promise<Reply>;

export interface FakeProviderOptions {
  /** Default 0: chosen by the system. Always on 127.0.0.1. */
  port?: number;
  /** Answers calls without an enqueued reply; default: the prompt's own lines (README.md). */
  respond?: Respond;
  /** Models in `GET /v1/models`. Calls may name any model. */
  models?: readonly string[];
  /** Number of recent requests kept for assertions; default 10,000. */
  keepRequests?: number;
}

const DIALECTS: readonly Dialect[] = [chatDialect, responsesDialect, messagesDialect, geminiDialect];

/** A model provider on loopback, scripted by the test: chat completions, and stand-ins of three other APIs. */
export class FakeProvider implements AsyncDisposable {
  /** Replaces what answers when the queue is empty. */
  respond!: Respond;
  readonly #options: FakeProviderOptions;
  readonly #models: readonly string[];
  #record!: RequestRecord;
  #queue: Reply[] = [];
  readonly #pacer = new Pacer();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #calls = 0;

  private constructor(options: FakeProviderOptions) {
    this.#options = options;
    this.#models = options.models ?? ["fake"];
    this.reset();
  }

  static async start(options: FakeProviderOptions = {}): Promise<FakeProvider> {
    const provider = new FakeProvider(options);
    provider.#server.listen(options.port ?? 0, "127.0.0.1");
    await once(provider.#server, "listening");
    return provider;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Value for `OPENAI_BASE_URL`. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  /** Environment for a server that uses this provider. */
  get serverEnv(): Record<string, string> {
    return serverEnv(this.url);
  }

  /** The recorded calls, oldest first. */
  get requests(): readonly RecordedRequest[] {
    return this.#record.requests;
  }

  /** Forgets replies and calls: as just started, for the next test. */
  reset(): void {
    this.respond = this.#options.respond ?? createPromptScript();
    this.#record = new RequestRecord(this.#options.keepRequests ?? 10_000);
    this.#queue = [];
    this.#calls = 0;
  }

  /** Replies to the next calls, one each, in order; they take precedence over `respond`. */
  enqueue(...replies: Reply[]): void {
    this.#queue.push(...replies);
  }

  /** Resolves with the call of this number (from 1), past or future. */
  request(callNumber: number, options?: WaitOptions): Promise<RecordedRequest> {
    return this.#record.whenReceived(callNumber, options);
  }

  /** Ends every open connection, then the server. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    const path = url.replace(/\?.*$/, "");
    const call = DIALECTS.map((dialect) => dialect.match(method, path)).find((found) => found !== null);
    if (call !== undefined) return this.#complete(call, request, response);
    if (`${method} ${path}` === "GET /v1/models") {
      return sendJson(response, 200, {
        object: "list",
        data: this.#models.map((id) => ({ id, object: "model", created: 0, owned_by: "fake" })),
      });
    }
    sendJson(response, 404, {
      error: { message: `Unknown request URL: ${method} ${url}`, type: "invalid_request_error" },
    });
  }

  async #complete(call: DialectCall, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const receivedAtUs = monotonicMicros();
    // A client that gives up while sending, or sends invalid JSON, gets the same error.
    const sent: unknown = await json(request).catch((error: unknown) => String(error));
    const isObject = typeof sent === "object" && sent !== null;
    const chat = parseChatRequest(isObject ? call.toChat(sent as Record<string, unknown>) : sent);
    if (typeof chat === "string") {
      return sendJson(response, 400, {
        error: { message: chat, type: "invalid_request_error", param: null, code: null },
      });
    }

    const callNumber = ++this.#calls;
    const body = new ResponseBody(response);
    this.#record.add({ callNumber, receivedAtUs, headers: request.headers, chat, sent }, body);
    const next = await this.#nextReply(chat, callNumber);
    body.cutAfterBytes = next.cutAfterBytes ?? Number.POSITIVE_INFINITY;
    const callId = String(callNumber).padStart(6, "0");
    const answer = call.answer(body, chat, callNumber);
    const promptTokens = Math.ceil(JSON.stringify(chat.messages).length / 4);
    await playReply(next, { body, answer, pacer: this.#pacer, callId, promptTokens });
  }

  async #nextReply(chat: ChatRequest, callNumber: number): Promise<Reply> {
    const queued = this.#queue.shift();
    if (queued !== undefined) return queued;
    try {
      return await this.respond(chat, callNumber);
    } catch (error) {
      return reply(httpError(500, { message: `The test's respond function threw: ${String(error)}` }));
    }
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
