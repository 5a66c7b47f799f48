import { FakeProvider } from "@trunkline/testkit";
import { expect, test } from "vitest";
import type { ModelConfig } from "../../config/config.ts";
import { createModelRegistry } from "./registry.ts";

const NOTHING: ModelConfig = {
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

test.each([
  [{}, "demo"],
  [{ openaiApiKey: "k" }, "openai:gpt-5.5"],
  [{ anthropicApiKey: "k" }, "anthropic:claude-sonnet-5"],
  [{ googleApiKey: "k" }, "google:gemini-3.5-flash"],
  [{ openaiApiKey: "k", anthropicApiKey: "k", googleApiKey: "k" }, "openai:gpt-5.5"],
  [{ anthropicApiKey: "k", model: "anthropic:claude-opus-5" }, "anthropic:claude-opus-5"],
  [{ anthropicApiKey: "k", model: "demo" }, "demo"],
  [
    { openaiBaseUrl: "http://127.0.0.1:1/v1", model: "openai-compatible:qwen3:8b" },
    "openai-compatible:qwen3:8b",
  ],
])("%o uses %s by default", async (config, name) => {
  const registry = await createModelRegistry({ ...NOTHING, ...config });
  expect(registry.defaultModel).toBe(name);
  expect(registry.resolve(name).name).toBe(name);
});

test("an OpenAI-compatible server is asked for its models; the first that can chat is the default", async () => {
  await using provider = await FakeProvider.start({
    models: ["nomic-embed-text", "whisper-1", "qwen3:8b", "llama3"],
  });
  const registry = await createModelRegistry({ ...NOTHING, openaiBaseUrl: `${provider.url}/` });
  expect(registry.defaultModel).toBe("openai-compatible:qwen3:8b");
  expect(registry.resolve("openai-compatible:llama3").model.modelId).toBe("llama3");
});

test("a name without a configured provider is refused, with the names that there are", async () => {
  const registry = await createModelRegistry({ ...NOTHING, anthropicApiKey: "k" });
  for (const name of ["openai:gpt-5.5", "gpt-5.5", "anthropic:", ":x", "", "nonsense:model", "__proto__"]) {
    expect(() => registry.resolve(name)).toThrow(/anthropic:<model> or demo/);
  }
  await expect(createModelRegistry({ ...NOTHING, model: "openai:gpt-5.5" })).rejects.toThrow(
    "OPENAI_API_KEY",
  );
});

test("with OPENAI_BASE_URL the key beside it is for that server alone: OpenAI itself is not configured", async () => {
  const registry = await createModelRegistry({
    ...NOTHING,
    openaiApiKey: "k",
    openaiBaseUrl: "http://127.0.0.1:1/v1",
    model: "demo",
  });
  expect(() => registry.resolve("openai:gpt-5.5")).toThrow("No model 'openai:gpt-5.5'");
});
