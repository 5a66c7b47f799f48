import { FakeProvider, say } from "@trunkline/testkit";
import { expect, test } from "vitest";
import type { ModelConfig } from "../../config/config.ts";
import type { NamedProvider } from "../../config-file/sections/providers.ts";
import { RawProvider } from "../testing/raw-provider.ts";
import { probeModel } from "../testing/probe-model.ts";
import { createModelRegistry } from "./registry.ts";

const CONFIG: ModelConfig = {
  model: undefined,
  openaiApiKey: undefined,
  openaiBaseUrl: undefined,
  openaiResponsesBaseUrl: undefined,
  anthropicApiKey: undefined,
  anthropicBaseUrl: undefined,
  googleApiKey: undefined,
  googleBaseUrl: undefined,
  maxOutputTokens: undefined,
  patience: { startMs: 600_000, idleMs: 300_000 },
};

function file(providers: Record<string, NamedProvider>) {
  return { sections: { providers }, valueOf: (name: string) => `value-of-${name}` };
}

test("a named provider is sent its own key and headers, and nothing is tried that its quirks rule out", async () => {
  await using provider = await FakeProvider.start({ respond: () => say.reply(say.text("OK")) });
  const registry = await createModelRegistry(CONFIG, {
    file: file({
      groq: {
        kind: "openai-compatible",
        baseUrl: provider.url,
        keyVariable: "GROQ_API_KEY",
        headers: { "X-Team": "research", "x-gateway-key": { variable: "GATEWAY_KEY" } },
        quirks: ["no-stream-options"],
        defaultModel: "llama",
      },
    }),
  });
  expect(registry.defaultModel).toBe("groq:llama");
  expect(await probeModel(registry.resolve("groq:other"))).toMatchObject({ model: "groq:other", ok: true });
  const [request] = provider.requests;
  expect(request?.headers).toMatchObject({
    authorization: "Bearer value-of-GROQ_API_KEY",
    "x-team": "research",
    "x-gateway-key": "value-of-GATEWAY_KEY",
  });
  expect(request?.body).not.toHaveProperty("stream_options");
  const { redact } = registry.resolve("groq:llama");
  expect(redact?.("value-of-GATEWAY_KEY value-of-GROQ_API_KEY")).toBe("[redacted] [redacted]");
});

test("one that a header signs in at is sent no empty key", async () => {
  await using raw = await RawProvider.start({ status: 401, body: '{"error":{"message":"no"}}' });
  const registry = await createModelRegistry(CONFIG, {
    file: file({
      eu: { kind: "anthropic", baseUrl: raw.url, headers: { "x-gateway-key": { variable: "GATEWAY_KEY" } } },
    }),
  });
  expect(await probeModel(registry.resolve("eu:claude-sonnet-5"))).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining("providers.eu.keyVariable in trunkline.config.json") },
  });
  const [request] = raw.requests;
  expect(request?.headers).toMatchObject({ "x-gateway-key": "value-of-GATEWAY_KEY" });
  expect(request?.headers).not.toHaveProperty("x-api-key");
});

test.each<[Record<string, NamedProvider>, Partial<ModelConfig>, string]>([
  [{ x: { kind: "openai-compatible" } }, {}, "providers.x.baseUrl in trunkline.config.json is missing"],
  [
    { x: { kind: "openai-compatible", baseUrl: "localhost:1/v1" } },
    {},
    "providers.x.baseUrl in trunkline.config.json must be an address",
  ],
  [{ x: { kind: "google", quirks: ["no-stream"] } }, {}, "providers.x.quirks in trunkline.config.json"],
  [
    { anthropic: { kind: "anthropic" } },
    { anthropicApiKey: "k" },
    "ANTHROPIC_API_KEY sets up a provider of that name",
  ],
])("%j beside %j: says what is wrong, and where", async (providers, config, message) => {
  await expect(createModelRegistry({ ...CONFIG, ...config }, { file: file(providers) })).rejects.toThrow(
    message,
  );
});
