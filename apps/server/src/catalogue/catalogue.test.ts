import { expect, it } from "vitest";
import { openCatalogue } from "./catalogue.ts";
import { toEntry } from "./snapshot/to-entry.ts";

const GATEWAY = "https://gateway.example/v1";

it("knows the default models of the providers, and dated names of a model", async () => {
  const { find, date } = openCatalogue();
  expect(date).toMatch(/^20\d{2}-\d{2}-\d{2}$/);
  for (const [kind, model] of [
    ["openai", "gpt-5.5"],
    ["anthropic", "claude-sonnet-5"],
    ["google", "gemini-3.5-flash"],
  ] as const) {
    const known = find({ kind, address: GATEWAY }, model);
    expect(known?.contextTokens, model).toBeGreaterThan(100_000);
    expect(known?.efforts, model).toContain("high");
    expect(find({ kind, address: GATEWAY }, `${model}-20261105`)).toEqual(known);
  }
});

it("knows a server for chat completions by its host, and nothing of one of one's own", async () => {
  const { find, idsOf } = openCatalogue();
  const model = "openai/gpt-oss-120b";
  const groq = { kind: "openai-compatible", address: "https://api.groq.com/openai/v1" } as const;
  expect(find(groq, model)).toMatchObject({ readsImages: false, efforts: ["low", "medium", "high"] });
  expect(idsOf(groq)).toContain(model);
  for (const address of ["http://127.0.0.1:11434/v1", "https://evil.example/api.groq.com"]) {
    expect(find({ kind: "openai-compatible", address }, model)).toBeNull();
  }
  expect(find(groq, "constructor")).toBeNull();
});

it.each([
  [{ api: "anthropic-messages", reasoning: true }, "none minimal low medium high"],
  [{ api: "openai-completions", reasoning: true }, "minimal low medium high"],
  [{ api: "openai-completions", reasoning: false }, ""],
  [
    {
      api: "openai-completions",
      reasoning: true,
      thinkingLevelMap: { off: "none", minimal: "low", max: "max" },
    },
    "none low medium high max",
  ],
  [
    {
      api: "google-generative-ai",
      reasoning: true,
      thinkingLevelMap: { off: null, low: "LOW", medium: null },
    },
    "minimal low high",
  ],
])("reads the source's levels: %j has %s", (model, efforts) => {
  const source = {
    id: "m",
    name: "M",
    baseUrl: GATEWAY,
    type: "chat",
    input: ["text"],
    contextWindow: 1,
    maxTokens: 1,
  };
  expect(toEntry({ ...source, ...model })[1].efforts.join(" ")).toBe(efforts);
});
