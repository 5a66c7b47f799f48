import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { monotonicMicros } from "../monotonic-micros.ts";
import type { WaitOptions } from "../wait-for.ts";
import { parseChatRequest, type ChatRequest } from "./chat-request.ts";
import { Pacer } from "./pacer.ts";
import { playReply } from "./play-reply.ts";
import { createPromptScript } from "./prompt-script.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { httpError, reply, type Reply } from "./reply.ts";
import { RequestRecord } from "./request-record.ts";
import { ResponseBody } from "./response-body.ts";
import { serverEnv } from "./server-env.ts";
import { StreamedAnswer } from "./streamed-answer.ts";
import { WholeAnswer } from "./whole-answer.ts";

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

/** An OpenAI-compatible chat-completions server on loopback, scripted by the test. */
export class FakeProvider implements AsyncDisposable {
  /** Replaces what answers when the queue is empty. */
  respond: Respond;
  readonly #models: readonly string[];
  readonly #record: RequestRecord;
  readonly #queue: Reply[] = [];
  readonly #pacer = new Pacer();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #calls = 0;

  private constructor(options: FakeProviderOptions) {
    this.respond = options.respond ?? createPromptScript();
    this.#models = options.models ?? ["fake"];
    this.#record = new RequestRecord(options.keepRequests ?? 10_000);
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
    const route = `${request.method} ${request.url}`;
    if (route === "POST /v1/chat/completions") return this.#complete(request, response);
    if (route === "GET /v1/models") {
      return sendJson(response, 200, {
        object: "list",
        data: this.#models.map((id) => ({ id, object: "model", created: 0, owned_by: "fake" })),
      });
    }
    sendJson(response, 404, {
      error: { message: `Unknown request URL: ${route}`, type: "invalid_request_error" },
    });
  }

  async #complete(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const receivedAtUs = monotonicMicros();
    // A client that gives up while sending, or sends invalid JSON, gets the same error.
    const sent: unknown = await json(request).catch((error: unknown) => String(error));
    const chat = parseChatRequest(sent);
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
    const head = {
      id: `chatcmpl-${callId}`,
      model: chat.model,
      includeUsage: chat.stream_options?.include_usage === true,
    };
    const answer = chat.stream === true ? new StreamedAnswer(body, head) : new WholeAnswer(body, head);
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
