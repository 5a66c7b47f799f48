import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { ByteBudget } from "../../fairness/byte-budget.ts";
import type { ProviderResponse } from "../models/decoded-response.ts";
import type { ProviderSetting } from "../models/provider-setting.ts";
import { headersOf, sendRequest } from "../models/provider-request.ts";
import type { Upstream } from "../models/provider-upstream.ts";
import { UsageReader } from "./usage-reader.ts";
import type { UsageMeter } from "./usage-meter.ts";

/** Bytes of a request: a long conversation with images. */
const MAX_BODY_BYTES = 64 * 1_048_576;
/** Of one that does not say its length. */
const MAX_CHUNKED_BYTES = 8 * 1_048_576;
/** Without a byte of a request that has begun, in ms. */
const BODY_IDLE_MS = 60_000;

/** What an agent needs of its provider, and no more: not files, batches or accounts of the same key. */
const PATHS: Record<ProviderSetting["kind"], RegExp> = {
  "openai-compatible": /^\/(?:chat\/completions|completions|responses(?:\/compact)?|models(?:\/.{1,200})?)$/,
  openai: /^\/(?:responses(?:\/compact)?|chat\/completions|models(?:\/.{1,200})?)$/,
  anthropic: /^\/(?:messages(?:\/count_tokens)?|models(?:\/.{1,200})?)$/,
  google:
    /^\/models(?:\/[^/:]{1,200}(?::(?:generateContent|streamGenerateContent|countTokens|embedContent))?)?$/,
};

/** Never passed on: they are about one connection, or would tell who asks. */
const DROPPED = new Set(
  (
    "connection keep-alive proxy-authenticate proxy-authorization te trailer upgrade transfer-encoding content-length " +
    "host cookie set-cookie authorization x-api-key x-goog-api-key accept-encoding expect"
  ).split(" "),
);

/**
 * Where an agent finds its model provider: its requests go on with the operator's key, which the agent never sees. Only
 * calls of models are let through.
 */
export class ProviderGateway {
  /** Known to the agent alone: on the bare machine others can connect, too. */
  readonly #token = randomUUID();
  readonly #upstream: Upstream;
  readonly #meter: UsageMeter;
  readonly #bodies: ByteBudget;
  readonly #ownerId: string;
  readonly #ending = new AbortController();

  /** @param options.bodies memory for requests, from when they are read until the provider answers */
  constructor(options: { upstream: Upstream; meter: UsageMeter; bodies: ByteBudget; ownerId: string }) {
    this.#upstream = options.upstream;
    this.#meter = options.meter;
    this.#bodies = options.bodies;
    this.#ownerId = options.ownerId;
  }

  /** Base address for the agent, without the API's version. */
  addressAt(origin: string): string {
    return `${origin}/${this.#token}`;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#pass(request, response).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      const message = error instanceof Error ? error.message : String(error);
      refuse(response, 502, `The model provider cannot be reached: ${message}`);
    });
  };

  /** Ends all requests. */
  close(): void {
    this.#ending.abort(new Error("the agent has ended"));
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { kind, base, query, headers } = this.#upstream;
    const url = URL.parse(request.url ?? "", "http://gateway");
    const [, token, path = ""] = /^\/([^/]+)\/v\d[a-z0-9]*(\/.*)$/.exec(url?.pathname ?? "") ?? [];
    const { method } = request;
    if (url === null || token !== this.#token) return refuse(response, 404, "There is nothing here");
    if (!PATHS[kind].test(path) || (method !== "POST" && method !== "GET")) {
      return refuse(
        response,
        403,
        `${method} ${path} is not let through: agents can call models, nothing else`,
      );
    }
    const exhausted = await this.#meter.exhausted();
    if (exhausted !== null) return refuse(response, 403, exhausted);
    const length = lengthOf(request);
    if (length > MAX_BODY_BYTES) return refuse(response, 413, "The request is larger than 64 MB");
    const aborted = new AbortController();
    response.once("close", () => aborted.abort(new Error("the agent has gone")));
    const signal = AbortSignal.any([aborted.signal, this.#ending.signal]);
    let upstream: ProviderResponse;
    {
      // Whatever runs beside the agent in its sandbox can send requests, too.
      using _taken = length === 0 ? null : await this.#bodies.take(this.#ownerId, length, signal);
      const body = await readBody(request, length);
      if (body === null) return refuse(response, 413, "A request of more than 8 MB has to say its length");
      upstream = await sendRequest({
        url: `${base}${path}${queryOf(url, query)}`,
        method,
        headers: {
          ...passedOn(request),
          ...headers,
          ...(body.length > 0 && { "content-length": String(body.length) }),
        },
        ...(method === "POST" && { body }),
        signal,
      });
    }
    const status = upstream.statusCode ?? 502;
    if (status >= 300 && status < 400) {
      upstream.destroy();
      return refuse(response, 502, "The model provider answered with a redirect, which is not followed");
    }
    const kept = Object.entries(headersOf(upstream)).filter(([name]) => !DROPPED.has(name));
    response.writeHead(status, Object.fromEntries(kept));
    if (status !== 200 || method !== "POST") return pipeline(upstream, response);
    const reader = new UsageReader(upstream.headers["content-type"] ?? "");
    upstream.on("data", (bytes: Buffer) => reader.push(bytes));
    try {
      await pipeline(upstream, response);
    } finally {
      const usage = reader.end();
      if (usage !== null) this.#meter.add(usage);
    }
  }
}

function queryOf(url: URL, own: string): string {
  const query = new URLSearchParams(url.search);
  // Google's key, which clients may write there.
  query.delete("key");
  for (const [name, value] of new URLSearchParams(own)) query.set(name, value);
  return query.size === 0 ? "" : `?${query.toString()}`;
}

function passedOn(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || DROPPED.has(name) ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
  );
  // Plain, so that the usage in it can be read.
  return { ...Object.fromEntries(entries), "accept-encoding": "identity" };
}

/** Of the body, at most. */
function lengthOf({ headers }: IncomingMessage): number {
  return headers["transfer-encoding"] === undefined
    ? Number(headers["content-length"] ?? 0)
    : MAX_CHUNKED_BYTES;
}

/** @returns null if it is longer. */
async function readBody(request: IncomingMessage, maxLength: number): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let length = 0;
  request.socket.setTimeout(BODY_IDLE_MS);
  // What is refused is told so.
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > maxLength) return null;
    pieces.push(piece);
  }
  request.socket.setTimeout(0);
  return Buffer.concat(pieces);
}

/** In the form of OpenAI's and Anthropic's errors, so that agents show the message. */
function refuse(response: ServerResponse, status: number, message: string): void {
  const error = { type: "trunkline", code: status, message };
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify({ type: "error", error }));
}
