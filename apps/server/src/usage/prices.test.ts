import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { CATALOGUE } from "./catalogue.ts";
import { createPrices } from "./prices.ts";

const AT = Date.UTC(2026, 10, 1);
const MILLION = { inputTokens: 1_000_000, outputTokens: 1_000_000 };
const openai = { kind: "openai", address: "https://gateway.example/v1" } as const;

it("names the catalogue that is installed", async () => {
  const entry = fileURLToPath(import.meta.resolve("@pydantic/genai-prices"));
  const file = new URL("../package.json", `file://${entry}`);
  const { version } = JSON.parse(await readFile(file, "utf8")) as { version: string };
  expect(version).toBe(CATALOGUE.version);
});

it("knows the default models of the providers, and what they charge for cached and written input", async () => {
  const prices = createPrices();
  const cost = async (name: string, kind: "openai" | "anthropic" | "google", usage = {}) =>
    (await prices.price({ name, pricing: { kind, address: "" } }, { ...MILLION, ...usage }, AT)).costUsd ??
    -1;
  expect(await cost("anthropic:claude-sonnet-5", "anthropic")).toBeGreaterThan(0);
  expect(await cost("google:gemini-3.5-flash", "google")).toBeGreaterThan(0);
  const plain = await cost("openai:gpt-5.5", "openai");
  expect(await cost("openai:gpt-5.5", "openai", { cachedInputTokens: 900_000 })).toBeLessThan(plain);
  const anthropic = await cost("anthropic:claude-sonnet-5", "anthropic");
  expect(await cost("anthropic:claude-sonnet-5", "anthropic", { cacheWriteTokens: 900_000 })).toBeGreaterThan(
    anthropic,
  );
  const odd = { inputTokens: 10, cachedInputTokens: 50, cacheWriteTokens: 50 };
  expect(await cost("openai:gpt-5.5", "openai", odd)).toBeGreaterThan(0);
});

it("takes no call for larger than one can be, whatever its provider reports", async () => {
  const most = Number.MAX_SAFE_INTEGER;
  const absurd = { inputTokens: most, outputTokens: most, cachedInputTokens: most, reasoningTokens: most };
  for (const name of ["demo", "openai:gpt-5.5", "p:unknown"]) {
    const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = await createPrices().price(
      { name, pricing: openai },
      absurd,
      AT,
    );
    expect({ inputTokens, outputTokens, cachedInputTokens, reasoningTokens }).toEqual({
      inputTokens: 1e9,
      outputTokens: 1e9,
      cachedInputTokens: 1e9,
      reasoningTokens: 1e9,
    });
  }
});

it("says where a price comes from, and that it knows none", async () => {
  const prices = createPrices();
  const known = await prices.price({ name: "openai:gpt-5.5", pricing: openai }, MILLION, AT);
  expect(known.priceSource).toBe("genai-prices 0.1.8 (2026-09-23)");
  const unknown = { ...MILLION, costUsd: null };
  expect(await prices.price({ name: "openai:gpt-nonsense", pricing: openai }, MILLION, AT)).toEqual(unknown);
  expect(await prices.price({ name: "openai:gpt-5.5" }, MILLION, AT)).toEqual(unknown);
});

it("takes the price of a server for chat completions by its address, and none for one of one's own", async () => {
  const prices = createPrices();
  const at = (address: string) => ({
    name: "openai-compatible:openai/gpt-oss-120b",
    pricing: { kind: "openai-compatible", address } as const,
  });
  expect((await prices.price(at("https://api.groq.com/openai/v1"), MILLION, AT)).costUsd).toBeGreaterThan(0);
  for (const address of [
    "http://127.0.0.1:1234/v1",
    "https://evil.example/?https://api.groq.com/openai/v1",
  ]) {
    expect((await prices.price(at(address), MILLION, AT)).costUsd).toBeNull();
  }
});

it("believes the operator before the catalogue, a model's price before its provider's", async () => {
  const prices = createPrices({
    "openai:gpt-5.5": { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
    "ollama:*": { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
    "ollama:big": { inputUsdPerMillion: 0.5, outputUsdPerMillion: 0.5 },
  });
  const cost = async (name: string) => prices.price({ name, pricing: openai }, MILLION, AT);
  expect(await cost("openai:gpt-5.5")).toMatchObject({ costUsd: 3, priceSource: "operator" });
  expect(await cost("ollama:qwen3")).toMatchObject({ costUsd: 0, priceSource: "operator" });
  expect(await cost("ollama:big")).toMatchObject({ costUsd: 1 });
  expect((await cost("constructor:*")).costUsd).toBeNull();
});
