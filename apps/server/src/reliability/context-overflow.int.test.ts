import { followTask } from "@trunkline/client";
import { contentText, FakeProvider, readLog, say, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SUMMARY_PROMPT } from "../agent/summary-request.ts";

/** What each model says of a request over 20,000 characters, byte for byte; as in case A10. */
const REFUSALS: Readonly<Record<string, [status: number, body: string]>> = {
  code: [400, '{"error":{"message":"9001 tokens, 8192 at most","code":"context_length_exceeded"}}'],
  too_large: [413, '{"error":{"message":"9001 tokens, 8192 at most"}}'],
  proxy: [413, "<html><head><title>413 Request Entity Too Large</title></head></html>"],
  nothing: [413, ""],
  anthropic: [
    400,
    '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 213462 tokens > 200000 maximum"}}',
  ],
  tgi: [
    422,
    '{"error":"Input validation error: `inputs` must have less than 1024 tokens. Given: 1050","error_type":"validation"}',
  ],
  llama: [
    400,
    '{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"invalid_request_error"}}',
  ],
  ollama: [500, '{"error":"input length exceeds the context length"}'],
  groq: [400, '{"error":{"message":"Please reduce the length of the messages or completion."}}'],
};

/** Refused for good, in words that come near. */
const OTHERS: typeof REFUSALS = {
  over: [400, '{"error":{"message":"The input is over another connection"}}'],
  pydantic: [400, '{"detail":"temperature: Input should be less than or equal to 1"}'],
};

let provider: FakeProvider;
let server: ServerFixture;
beforeAll(async () => {
  provider = await FakeProvider.start({
    respond({ model, messages, ...request }) {
      const refusal = REFUSALS[model] ?? OTHERS[model];
      if (refusal !== undefined && JSON.stringify({ messages, request }).length > 20_000) {
        const [status, body] = refusal;
        return say.reply(say.httpError(status, { body }));
      }
      const [first, last] = [messages[0], messages.at(-1)].map((message) => contentText(message?.content));
      if (first?.startsWith(SUMMARY_PROMPT.slice(0, 60))) return say.reply(say.text("SUMMARY"));
      return last === "go"
        ? say.reply(say.toolCall("bash", { command: "seq 9000" }))
        : say.reply(say.text(last === "hi" ? "hi" : "ok"));
    },
  });
  server = await ServerFixture.start({ env: { ...provider.serverEnv, TRUNKLINE_APPROVALS: "never" } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

async function run(model: string, prompt: string, sessionId?: string) {
  const task = { prompt, sessionId, model: `openai-compatible:${model}` };
  const submitted = await server.client.task.submit.mutate(task);
  for await (const _event of followTask(server.client, submitted)) continue;
  return server.client.task.get.query({ taskId: submitted.taskId });
}

describe("K6: a provider that finds the conversation too long", () => {
  it.each(Object.keys(REFUSALS))("A10: in the words of '%s': summed up, and on", async (model) => {
    const first = await run(model, "go");
    expect(first).toMatchObject({ state: "completed", result: "ok" });
    const log = await readLog(server.client, first.sessionId);
    expect(log.filter(({ type }) => type === "context.compacted")).toHaveLength(1);
    expect(await run(model, "hi", first.sessionId)).toMatchObject({ state: "completed", result: "hi" });
  });

  it.each(Object.keys(OTHERS))(
    "A10: '%s' is another matter: no summary, and its own words",
    async (model) => {
      const before = provider.requests.length;
      const task = await run(model, "go");
      expect(provider.requests.length - before).toBe(2);
      const log = await readLog(server.client, task.sessionId);
      expect(log.at(-1)).toMatchObject({
        type: "task.failed",
        data: { error: { code: "provider_bad_request" } },
      });
      expect(log.filter(({ type }) => type === "context.compacted")).toEqual([]);
    },
  );
});
