import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import { type ChatRequest, contentText, FakeProvider, readLog, say, ServerFixture } from "@trunkline/testkit";
import { expect, it } from "vitest";

const isSummary = ({ messages }: ChatRequest): boolean =>
  contentText(messages[0]?.content).includes("summar");

it("what the operator says of a model is listed, asked for and kept to", async () => {
  await using provider = await FakeProvider.start({
    models: ["small", "big"],
    respond(request) {
      const tokens = (promptTokens: number) => say.usage({ promptTokens, completionTokens: 10 });
      if (isSummary(request)) return say.reply(say.text("SUMMARY"), tokens(50));
      const { messages } = request;
      const results = messages.filter(({ role }) => role === "tool").length;
      const isLong = messages.some(({ content }) => contentText(content).includes("long"));
      if (!isLong || JSON.stringify(messages).includes("SUMMARY")) return say.reply(say.text("Done."));
      return results < 2
        ? say.reply(
            say.toolCall("bash", { command: `seq ${results + 2}000` }),
            tokens(2_000 + results * 2_500),
          )
        : say.reply(say.text("Done."), tokens(4_600));
    },
  });
  await using directory = await mkdtempDisposable(join(tmpdir(), "trunkline-models-"));
  const path = join(directory.path, "config.json");
  const file = {
    providers: { one: { kind: "openai-compatible", baseUrl: provider.url, defaultModel: "small" } },
    models: {
      "one:*": { effort: "low", readsImages: false },
      "one:small": { contextTokens: 8_000, maxOutputTokens: 4_000, effort: "high", efforts: ["low", "high"] },
      "one:unlisted": { contextTokens: 32_000 },
    },
    prices: { "one:small": { inputUsdPerMillion: 2, outputUsdPerMillion: 3 } },
  };
  await writeFile(path, JSON.stringify(file));
  await using server = await ServerFixture.start({
    env: { TRUNKLINE_CONFIG_FILE: path, TRUNKLINE_MAX_OUTPUT_TOKENS: "9000" },
  });
  const { client } = server;

  const { models } = await client.model.list.query();
  expect(models).toMatchObject([
    {
      name: "one:small",
      contextTokens: 8_000,
      maxOutputTokens: 4_000,
      effort: "high",
      efforts: ["low", "high"],
      readsImages: false,
      prices: { inputUsdPerMillion: 2, outputUsdPerMillion: 3, source: "operator" },
    },
    { name: "one:big", contextTokens: null, maxOutputTokens: null, effort: "low", efforts: null },
    { name: "one:unlisted", contextTokens: 32_000, effort: "low" },
    { name: "demo", effort: null },
  ]);

  const run = async (input: object) => {
    const from = provider.requests.length;
    const task = await client.task.submit.mutate({ prompt: "hi", ...input });
    for await (const _event of followTask(client, task));
    const log = await readLog(client, task.sessionId);
    const bodies = provider.requests.slice(from).map(({ body }) => body as Record<string, unknown>);
    const asked = bodies.map((body) => [body["max_tokens"], body["reasoning_effort"]]);
    const efforts = log.flatMap((event) => (event.type === "step.started" ? [event.data.effort] : []));
    return { asked, efforts, summaries: log.filter(({ type }) => type === "context.compacted").length };
  };
  expect(await run({})).toEqual({ asked: [[4_000, "high"]], efforts: ["high"], summaries: 0 });
  expect(await run({ effort: "low" })).toMatchObject({ asked: [[4_000, "low"]] });
  expect(await run({ model: "one:big" })).toMatchObject({ asked: [[9_000, "low"]], efforts: ["low"] });
  // 4,500 of 8,000 tokens leave no room for an answer of 4,000.
  expect((await run({ prompt: "long" })).summaries).toBe(1);
  expect((await run({ prompt: "long", model: "one:unlisted" })).summaries).toBe(0);
});
