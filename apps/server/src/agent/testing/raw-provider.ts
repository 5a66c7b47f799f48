import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readAll } from "node:stream/consumers";

export interface RawReply {
  status?: number;
  headers?: Record<string, string>;
  /** Written in sequence; promises are awaited. */
  body?: string | Uint8Array | readonly (string | Uint8Array | Promise<unknown>)[];
  /** Destroys the socket after the body. */
  cut?: boolean;
}

/** The provider's response to one call. */
export type RawAnswer = string | RawReply | ((body: RawBody) => string | RawReply);

export interface RawBody {
  messages: {
    role: string;
    content: unknown;
    tool_calls?: RawCall[];
    tool_call_id?: string;
    [key: string]: unknown;
  }[];
  [key: string]: unknown;
}

export interface RawCall {
  id: string;
  function: { name: string; arguments: string };
  [key: string]: unknown;
}

export interface RawRequest {
  url: string;
  headers: IncomingHttpHeaders;
  body: RawBody;
}

/** A chat-completions server that sends exactly the given bytes; after the last response it says "done". */
export class RawProvider implements AsyncDisposable {
  readonly requests: RawRequest[] = [];
  readonly #answers: RawAnswer[];
  readonly #server = createServer((request, response) => {
    void readAll(request).then(async (text) => {
      if (request.method === "GET") {
        response.setHeader("content-type", "application/json");
        return response.end(JSON.stringify({ object: "list", data: [{ id: "m", object: "model" }] }));
      }
      const body = JSON.parse(text) as RawBody;
      this.requests.push({ url: request.url ?? "", headers: request.headers, body });
      const answer = this.#answers.shift() ?? sse.text("done");
      await send(response, typeof answer === "function" ? answer(body) : answer);
    });
  });

  private constructor(answers: readonly RawAnswer[]) {
    this.#answers = [...answers];
  }

  static async start(...answers: RawAnswer[]): Promise<RawProvider> {
    const provider = new RawProvider(answers);
    provider.#server.listen(0, "127.0.0.1");
    await once(provider.#server, "listening");
    return provider;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

async function send(response: ServerResponse, answer: string | RawReply): Promise<void> {
  const {
    status = 200,
    headers,
    body = "",
    cut = false,
  } = typeof answer === "string" ? { body: answer } : answer;
  const pieces = typeof body === "string" || body instanceof Uint8Array ? [body] : body;
  response.writeHead(status, headers ?? { "content-type": "text/event-stream" });
  response.flushHeaders();
  for (const piece of pieces) {
    if (typeof piece === "string" || piece instanceof Uint8Array) response.write(piece);
    else await piece;
  }
  // Node merges the writes of one tick.
  if (cut) setImmediate(() => response.socket?.destroySoon());
  else response.end();
}

const event = (value: unknown): string =>
  `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`;

const delta = (fields: unknown, finish: string | null = null, more: object = {}): string =>
  event({
    id: "c1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta: fields, finish_reason: finish }],
    ...more,
  });

const DONE = event("[DONE]");
const USAGE = event({
  id: "c1",
  object: "chat.completion.chunk",
  choices: [],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});
const END = delta({}, "stop") + USAGE + DONE;
const CALLS = delta({}, "tool_calls") + USAGE + DONE;

/** Builds event streams from events. */
export const sse = {
  event,
  delta,
  DONE,
  END,
  CALLS,
  text: (words: string): string => delta({ role: "assistant", content: words }) + END,
  call: (name: string, input: unknown, id = `call_${name}`, more: object = {}): string =>
    delta({
      role: "assistant",
      tool_calls: [
        {
          index: 0,
          id,
          type: "function",
          function: { name, arguments: typeof input === "string" ? input : JSON.stringify(input) },
          ...more,
        },
      ],
    }) + CALLS,
};
