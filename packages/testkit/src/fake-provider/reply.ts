/**
 * The fake provider's answer to one call as data: steps played in sequence. Without `finish`, `cut`, `end` or `stall`,
 * the answer ends regularly: finish reason, usage (if requested), `[DONE]`.
 */
export interface Reply {
  steps: readonly Step[];
  /** Destroys the socket after exactly this many bytes of the body; 0 sends only the headers. */
  cutAfterBytes?: number;
}

export type Step =
  | { type: "open" }
  | { type: "text"; pieces: readonly string[] }
  | { type: "reasoning"; pieces: readonly string[] }
  | { type: "tool-call"; id: string | undefined; name: string; fragments: readonly string[] }
  | { type: "tokens"; count: number; perSecond: number }
  | { type: "delay"; ms: number }
  | { type: "until"; promise: Promise<unknown> }
  | { type: "usage"; usage: TokenUsage }
  | { type: "finish"; reason: string | null }
  | { type: "http-error"; status: number; headers: Readonly<Record<string, string>>; body: string }
  | { type: "raw"; bytes: string | Uint8Array }
  | { type: "cut" }
  | { type: "end" }
  | { type: "stall" };

export interface TokenUsage {
  promptTokens: number;
  completionTokens: number;
  reasoningTokens?: number;
  cachedTokens?: number;
}

export function reply(...steps: Step[]): Reply {
  return { steps };
}

/**
 * The same answer, cut off after `bytes` bytes of its body. `RecordedRequest.bodyBytes` tells the length of a whole
 * one.
 */
export function cutAfterBytes(bytes: number, whole: Reply): Reply {
  return { ...whole, cutAfterBytes: bytes };
}

/** Sends status 200 and the headers now rather than with the first byte of the body. */
export function open(): Step {
  return { type: "open" };
}

/** Text, one SSE event per piece. */
export function text(...pieces: string[]): Step {
  return { type: "text", pieces };
}

/** Reasoning (`reasoning_content`), one SSE event per piece. */
export function reasoning(...pieces: string[]): Step {
  return { type: "reasoning", pieces };
}

/**
 * A tool call. `input` is encoded as JSON and sent in `fragments` pieces of about equal length (default 3, after a
 * first one with id and name, like OpenAI). The default id is unique within the provider's lifetime.
 */
export function toolCall(
  name: string,
  input: unknown,
  options: { id?: string; fragments?: number } = {},
): Step {
  return toolCallFragments(name, splitEvenly(JSON.stringify(input), options.fragments ?? 3), options.id);
}

/**
 * A tool call with exactly these argument pieces: invalid JSON, half a call before a `cut`, splits inside an escape.
 */
export function toolCallFragments(name: string, fragments: readonly string[], id?: string): Step {
  return { type: "tool-call", id, name, fragments };
}

/**
 * Stamped tokens (see `readTokenStamps`) at a steady pace; `perSecond` absent: as fast as the client reads. One timer
 * serves all streams.
 */
export function tokens(count: number, perSecond = Number.POSITIVE_INFINITY): Step {
  return { type: "tokens", count, perSecond };
}

/** Waits; as the first step it delays the headers, too. */
export function delay(ms: number): Step {
  return { type: "delay", ms };
}

/** Waits until the promise settles, to hold an answer open without guessing a time. */
export function until(promise: Promise<unknown>): Step {
  return { type: "until", promise };
}

/** Replaces the counted usage. */
export function usage(value: TokenUsage): Step {
  return { type: "usage", usage: value };
}

/** Replaces the finish reason (`tool_calls` after a tool call, else `stop`); null sends none. */
export function finish(reason: string | null): Step {
  return { type: "finish", reason };
}

/** An HTTP error instead of an answer; must come before anything that writes. `retryAfter`: seconds or an HTTP date. */
export function httpError(
  status: number,
  options: { message?: string; body?: string; retryAfter?: number | string } = {},
): Step {
  const message = options.message ?? `The fake provider was told to answer ${status}`;
  return {
    type: "http-error",
    status,
    headers: options.retryAfter === undefined ? {} : { "retry-after": String(options.retryAfter) },
    body:
      options.body ?? JSON.stringify({ error: { message, type: "fake_error", param: null, code: status } }),
  };
}

/** Raw bytes in the middle of the body: garbage, a comment, half an SSE event. */
export function raw(bytes: string | Uint8Array): Step {
  return { type: "raw", bytes };
}

/** An error reported inside a stream that started well. */
export function errorChunk(message: string): Step {
  return raw(`data: ${JSON.stringify({ error: { message, type: "server_error", code: null } })}\n\n`);
}

/** Destroys the socket once everything before is sent; as the first step the client gets no response at all. */
export function cut(): Step {
  return { type: "cut" };
}

/** Ends the response properly, but without finish reason and `[DONE]`. */
export function end(): Step {
  return { type: "end" };
}

/** Sends nothing more and keeps the connection open until the client gives up. */
export function stall(): Step {
  return { type: "stall" };
}

function splitEvenly(whole: string, count: number): string[] {
  const length = Math.max(1, Math.ceil(whole.length / count));
  return Array.from({ length: Math.ceil(whole.length / length) }, (_, index) =>
    whole.slice(index * length, (index + 1) * length),
  );
}
