import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import { expect, it } from "vitest";
import type { AnswerPart } from "../model.ts";
import { sdkModels } from "./sdk-provider.ts";

const PROMPT: LanguageModelV4Prompt = [
  { role: "system", content: "Be brief." },
  { role: "user", content: [{ type: "text", text: "one" }] },
  { role: "assistant", content: [{ type: "tool-call", toolCallId: "a", toolName: "bash", input: {} }] },
  {
    role: "tool",
    content: [
      { type: "tool-result", toolCallId: "a", toolName: "bash", output: { type: "text", value: "A" } },
    ],
  },
  { role: "assistant", content: [{ type: "tool-call", toolCallId: "b", toolName: "bash", input: {} }] },
  {
    role: "tool",
    content: [
      { type: "tool-result", toolCallId: "b", toolName: "bash", output: { type: "text", value: "B" } },
    ],
  },
];

/** As Anthropic answers a prompt most of which it has read before. */
const ANSWER = [
  {
    type: "message_start",
    message: {
      id: "m",
      type: "message",
      role: "assistant",
      model: "claude",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: 3,
        cache_read_input_tokens: 900,
        cache_creation_input_tokens: 40,
        output_tokens: 1,
      },
    },
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "ok" } },
  { type: "content_block_stop", index: 0 },
  {
    type: "message_delta",
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { output_tokens: 2 },
  },
  { type: "message_stop" },
];

it("Anthropic is told what to keep, and its hits and writes are in the usage", async () => {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(JSON.parse(body));
      response.setHeader("content-type", "text/event-stream");
      response.end(
        ANSWER.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    const modelOf = await sdkModels("anthropic", {
      apiKey: "k",
      address: { base: `http://127.0.0.1:${port}/v1`, query: "", credentials: null },
      headers: {},
    });
    const answer = await modelOf("claude", { maxOutputTokens: 100 }).ask(
      { prompt: PROMPT },
      {
        signal: new AbortController().signal,
        onLife: () => undefined,
        faultContext: { model: "anthropic:claude", redact: (given) => given },
      },
    );
    const parts: AnswerPart[] = [];
    for (let next = await answer.next(); next.done !== true; next = await answer.next())
      parts.push(...next.value);
    const mark = { cache_control: { type: "ephemeral" } };
    const [body] = bodies as [{ system: object[]; messages: { content: object[] }[] }];
    expect(body.system).toMatchObject([{ text: "Be brief.", ...mark }]);
    const contents = body.messages.map(({ content }) => content.at(-1));
    expect(contents.map((content) => "cache_control" in (content ?? {}))).toEqual([
      false,
      false,
      true,
      false,
      true,
    ]);
    expect(parts.at(-1)).toMatchObject({
      type: "finish",
      usage: { inputTokens: 943, cachedInputTokens: 900, cacheWriteTokens: 40, outputTokens: 2 },
    });
  } finally {
    server.close();
  }
});
