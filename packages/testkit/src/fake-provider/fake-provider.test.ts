import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";
import { describe, expect, test } from "vitest";
import { FakeProvider } from "./fake-provider.ts";
import * as say from "./reply.ts";
import { readTokenStamps } from "./token-stamp.ts";
import { monotonicMicros } from "../monotonic-micros.ts";

const prompt: LanguageModelV4Prompt = [{ role: "user", content: [{ type: "text", text: "hello" }] }];

function modelOf(provider: FakeProvider) {
  return createOpenAICompatible({
    name: "fake",
    baseURL: provider.url,
    apiKey: "any",
    includeUsage: true,
  }).chatModel("fake");
}

async function partsOf(provider: FakeProvider, options: Partial<LanguageModelV4CallOptions> = {}) {
  const { stream } = await modelOf(provider).doStream({ prompt, ...options });
  const parts: LanguageModelV4StreamPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

function textOf(parts: LanguageModelV4StreamPart[]): string {
  return parts.map((part) => (part.type === "text-delta" ? part.delta : "")).join("");
}

const finishOf = (parts: LanguageModelV4StreamPart[]) => parts.find((part) => part.type === "finish");

describe("through the real provider's doStream", () => {
  test("text and reasoning arrive in their pieces, with usage and finish reason", async () => {
    await using provider = await FakeProvider.start();
    provider.enqueue(
      say.reply(
        say.reasoning("Let me ", "think."),
        say.text("Hel", "lo"),
        say.usage({ promptTokens: 11, completionTokens: 22, reasoningTokens: 5, cachedTokens: 3 }),
      ),
    );
    const parts = await partsOf(provider);
    expect(parts.filter((part) => part.type.endsWith("delta"))).toEqual([
      { type: "reasoning-delta", id: "reasoning-0", delta: "Let me " },
      { type: "reasoning-delta", id: "reasoning-0", delta: "think." },
      { type: "text-delta", id: "txt-0", delta: "Hel" },
      { type: "text-delta", id: "txt-0", delta: "lo" },
    ]);
    expect(finishOf(parts)).toMatchObject({
      finishReason: { unified: "stop" },
      usage: { inputTokens: { total: 11, cacheRead: 3 }, outputTokens: { total: 22, reasoning: 5 } },
    });
  });

  test("tool calls in fragments become whole calls", async () => {
    await using provider = await FakeProvider.start();
    const input = { path: "a.txt", content: 'line "one"\nline two' };
    provider.enqueue(
      say.reply(
        say.toolCall("write_file", input, { fragments: 7 }),
        say.toolCall("bash", { command: "ls" }, { id: "call_mine", fragments: 1 }),
      ),
    );
    const parts = await partsOf(provider);
    expect(parts.filter((part) => part.type === "tool-call")).toMatchObject([
      { toolCallId: "call_000001_0", toolName: "write_file", input: JSON.stringify(input) },
      { toolCallId: "call_mine", toolName: "bash", input: '{"command":"ls"}' },
    ]);
    expect(
      parts.filter((part) => part.type === "tool-input-delta" && part.id === "call_000001_0"),
    ).toHaveLength(7);
    expect(finishOf(parts)).toMatchObject({ finishReason: { unified: "tool-calls" } });
  });

  test("arguments that are no JSON arrive as they were scripted", async () => {
    await using provider = await FakeProvider.start();
    provider.enqueue(say.reply(say.toolCallFragments("bash", ['{"command": ', "ls}"])));
    const call = (await partsOf(provider)).find((part) => part.type === "tool-call");
    expect(call).toMatchObject({ input: '{"command": ls}' });
  });

  test("a finish reason can be chosen, and left out", async () => {
    await using provider = await FakeProvider.start();
    provider.enqueue(
      say.reply(say.text("cut sho"), say.finish("length")),
      say.reply(say.text("x"), say.finish(null)),
    );
    expect(finishOf(await partsOf(provider))).toMatchObject({ finishReason: { unified: "length" } });
    expect(finishOf(await partsOf(provider))).toMatchObject({ finishReason: { unified: "error" } });
  });

  test("HTTP errors carry status, message and Retry-After", async () => {
    await using provider = await FakeProvider.start();
    provider.enqueue(say.reply(say.httpError(429, { message: "slow down", retryAfter: 2 })));
    await expect(partsOf(provider)).rejects.toMatchObject({
      statusCode: 429,
      message: "slow down",
      isRetryable: true,
      responseHeaders: { "retry-after": "2" },
    });
    expect(await provider.requests[0]!.ended).toBe("refused");
  });

  test("errors inside a stream, garbage and an end without finish are errors to the client", async () => {
    await using provider = await FakeProvider.start();
    provider.enqueue(
      say.reply(say.text("a"), say.errorChunk("overloaded")),
      say.reply(say.text("a"), say.raw("data: {not json\n\n")),
      say.reply(say.text("a"), say.end()),
    );
    for (let call = 0; call < 3; call++) {
      const parts = await partsOf(provider);
      expect(textOf(parts)).toBe("a");
      expect(parts.some((part) => part.type === "error")).toBe(true);
    }
  });

  test("a cut makes the stream fail after what came before", async () => {
    await using provider = await FakeProvider.start();
    const seen = Promise.withResolvers<void>();
    provider.enqueue(say.reply(say.text("before"), say.until(seen.promise), say.cut(), say.text("after")));
    const { stream: parts } = await modelOf(provider).doStream({ prompt });
    let received = "";
    const reading = (async () => {
      for await (const part of parts) {
        if (part.type !== "text-delta") continue;
        received += part.delta;
        seen.resolve();
      }
    })();
    await expect(reading).rejects.toThrow();
    expect(received).toBe("before");
    expect(await provider.requests[0]!.ended).toBe("cut");
  });

  test("a cut as the first step gives no response at all", async () => {
    await using provider = await FakeProvider.start();
    provider.enqueue(say.reply(say.cut()));
    await expect(partsOf(provider)).rejects.toThrow();
  });

  test("a stalled answer lasts until the client aborts, and the abort is seen", async () => {
    await using provider = await FakeProvider.start();
    provider.enqueue(say.reply(say.text("half"), say.stall()));
    const abort = new AbortController();
    const { stream: parts } = await modelOf(provider).doStream({ prompt, abortSignal: abort.signal });
    const reader = parts.getReader();
    for (let part = await reader.read(); part.value?.type !== "text-delta";) part = await reader.read();
    expect(provider.requests[0]!.outcome).toBeNull();
    abort.abort();
    await expect(reader.read()).rejects.toThrow("abort");
    expect(await provider.requests[0]!.ended).toBe("aborted");
  });

  test("an answer can be held until the test lets it go", async () => {
    await using provider = await FakeProvider.start();
    const gate = Promise.withResolvers<void>();
    provider.enqueue(say.reply(say.text("a"), say.until(gate.promise), say.text("b")));
    const streaming = partsOf(provider);
    const request = await provider.request(1);
    expect(request.outcome).toBeNull();
    gate.resolve();
    expect(textOf(await streaming)).toBe("ab");
    expect(await request.ended).toBe("answered");
  });

  test("doGenerate gets the same reply as one document", async () => {
    await using provider = await FakeProvider.start();
    provider.enqueue(
      say.reply(say.reasoning("hm"), say.text("a", "b"), say.toolCall("bash", { command: "ls" })),
    );
    const result = await modelOf(provider).doGenerate({ prompt });
    expect(result.content).toMatchObject([
      { type: "reasoning", text: "hm" },
      { type: "text", text: "ab" },
      { type: "tool-call", toolName: "bash", input: '{"command":"ls"}' },
    ]);
    expect(result.finishReason.unified).toBe("tool-calls");
    expect(result.usage.outputTokens.total).toBe(6);
  });

  test("stamped tokens arrive in order, at their pace", async () => {
    await using provider = await FakeProvider.start();
    provider.enqueue(say.reply(say.tokens(50, 500)));
    const askedAtUs = monotonicMicros();
    const { stream: parts } = await modelOf(provider).doStream({ prompt });
    const latenciesUs: number[] = [];
    let received = "";
    for await (const part of parts) {
      if (part.type !== "text-delta") continue;
      received += part.delta;
      for (const stamp of readTokenStamps(part.delta))
        latenciesUs.push(monotonicMicros() - stamp.emittedAtUs);
    }
    const stamps = readTokenStamps(received);
    expect(stamps.map(({ index }) => index)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    // Each has its time, from the first one's on; a busy machine may be late for any of them.
    expect(stamps.at(-1)!.emittedAtUs - askedAtUs).toBeGreaterThan(96_000);
    expect(Math.min(...latenciesUs)).toBeGreaterThanOrEqual(0);
  });
});

describe("on the wire", () => {
  const ask = (provider: FakeProvider, body: unknown, signal?: AbortSignal) =>
    fetch(`${provider.url}/chat/completions`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      signal,
    });
  const request = { model: "m", stream: true, messages: [{ role: "user", content: "hi" }] };

  test("a stream is chunks, then [DONE]; usage only where it was asked for", async () => {
    await using provider = await FakeProvider.start({ respond: () => say.reply(say.text("hi")) });
    const plain = await ask(provider, request);
    expect(plain.headers.get("content-type")).toContain("text/event-stream");
    const events = (await plain.text()).split("\n\n").slice(0, -1);
    expect(events.at(-1)).toBe("data: [DONE]");
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice("data: ".length)) as unknown);
    const head = {
      id: "chatcmpl-000001",
      object: "chat.completion.chunk",
      created: 1_700_000_000,
      model: "m",
    };
    expect(chunks).toEqual([
      { ...head, choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] },
      { ...head, choices: [{ index: 0, delta: { content: "hi" }, finish_reason: null }] },
      { ...head, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
    ]);

    const counted = await ask(provider, { ...request, stream_options: { include_usage: true } });
    expect(await counted.text()).toContain('"choices":[],"usage":{"prompt_tokens":');
  });

  test("every byte can be the last one", async () => {
    await using provider = await FakeProvider.start();
    const whole = say.reply(say.text("grün"), say.toolCall("bash", { command: "ls" }));
    provider.enqueue(whole);
    const complete = Buffer.from(await (await ask(provider, request)).arrayBuffer());
    expect(provider.requests[0]!.bodyBytes).toBe(complete.length);

    for (let bytes = 0; bytes <= complete.length; bytes++) {
      provider.enqueue(say.cutAfterBytes(bytes, whole));
      const received = await rawBody(provider.port, JSON.stringify(request));
      // Ids contain the number of their call, with a fixed number of digits.
      const number = String(provider.requests.length).padStart(6, "0");
      const expected = Buffer.from(complete.toString().replaceAll(/(chatcmpl-|call_)000001/g, `$1${number}`));
      expect(received).toEqual(expected.subarray(0, bytes));
      const last = provider.requests.at(-1)!;
      expect(await last.ended).toBe("cut");
      expect(last.bodyBytes).toBe(bytes);
    }
  });

  test("requests are recorded as they were sent", async () => {
    await using provider = await FakeProvider.start({ respond: () => say.reply(say.text("x")) });
    const tools = [{ type: "function", function: { name: "bash", parameters: { type: "object" } } }];
    await (await ask(provider, { ...request, tools, temperature: 0.5 })).text();
    expect(provider.requests).toMatchObject([
      {
        callNumber: 1,
        model: "m",
        stream: true,
        messages: request.messages,
        tools,
        body: { temperature: 0.5 },
      },
    ]);
    expect(provider.requests[0]!.headers["content-type"]).toContain("text/plain");
  });

  test("only the newest requests are kept", async () => {
    await using provider = await FakeProvider.start({ keepRequests: 2, respond: () => say.reply() });
    for (let call = 0; call < 3; call++) await (await ask(provider, request)).text();
    expect(provider.requests.map(({ callNumber }) => callNumber)).toEqual([2, 3]);
    await expect(provider.request(1)).rejects.toThrow("no longer kept");
  });

  test.each([
    ["no JSON", "{"],
    ["no messages", { model: "m", messages: [] }],
    ["a tool name with a space", { ...request, tools: [{ type: "function", function: { name: "a b" } }] }],
    [
      "a tool result without its call",
      { ...request, messages: [{ role: "tool", tool_call_id: "c", content: "" }] },
    ],
    [
      "a call without its result",
      {
        ...request,
        messages: [
          {
            role: "assistant",
            tool_calls: [{ id: "c", type: "function", function: { name: "a", arguments: "{}" } }],
          },
          { role: "user", content: "go on" },
        ],
      },
    ],
  ])("%s is refused as OpenAI refuses it", async (_, body) => {
    await using provider = await FakeProvider.start();
    const response = await ask(provider, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error" } });
    expect(provider.requests).toEqual([]);
  });

  test("models are listed, other paths are not found", async () => {
    await using provider = await FakeProvider.start({ models: ["one", "two"] });
    const models = await (await fetch(`${provider.url}/models`)).json();
    expect(models).toMatchObject({ data: [{ id: "one" }, { id: "two" }] });
    expect((await fetch(`${provider.url}/embeddings`)).status).toBe(404);
  });

  test("a respond function that throws is answered with its error", async () => {
    await using provider = await FakeProvider.start({
      respond: () => {
        throw new Error("unexpected call");
      },
    });
    const response = await ask(provider, request);
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("unexpected call");
  });

  test("a reader that stops reading holds the stream back instead of filling the memory", async () => {
    await using provider = await FakeProvider.start({ respond: () => say.reply(say.tokens(500_000)) });
    const abort = new AbortController();
    const before = process.memoryUsage.rss();
    const response = await ask(provider, request, abort.signal);
    const recorded = await provider.request(1);
    // What fits into buffers goes out; then the count stops.
    let bytes = -1;
    await expect.poll(() => bytes === (bytes = recorded.bodyBytes), { interval: 100 }).toBe(true);
    expect(bytes).toBeLessThan(20_000_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000);
    abort.abort();
    await expect(response.text()).rejects.toThrow("abort");
    expect(await recorded.ended).toBe("aborted");
  });
});

/** Reads the socket directly: fetch may drop what arrives together with the cut. @returns the body's decoded chunks. */
async function rawBody(port: number, body: string): Promise<Buffer> {
  const socket = connect(port, "127.0.0.1");
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const response = await buffer(socket);
  const chunks: Buffer[] = [];
  for (let at = response.indexOf("\r\n\r\n") + 4; at < response.length;) {
    const sizeEnd = response.indexOf("\r\n", at);
    const size = Number.parseInt(response.toString("latin1", at, sizeEnd), 16);
    chunks.push(response.subarray(sizeEnd + 2, sizeEnd + 2 + size));
    at = sizeEnd + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}
