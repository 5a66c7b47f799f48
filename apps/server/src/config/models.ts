import type { Variables } from "./variables.ts";

export interface ModelConfig {
  /** `provider:model`; absent: the first provider with a key, else `demo`. */
  model: string | undefined;
  openaiApiKey: string | undefined;
  /** Of a server that speaks OpenAI's chat completions. */
  openaiBaseUrl: string | undefined;
  /** Of OpenAI itself. */
  openaiResponsesBaseUrl: string | undefined;
  anthropicApiKey: string | undefined;
  anthropicBaseUrl: string | undefined;
  googleApiKey: string | undefined;
  googleBaseUrl: string | undefined;
  /** Most tokens of one answer; absent: as the provider has it. */
  maxOutputTokens: number | undefined;
  /** Patience with a provider, in ms. */
  patience: {
    /** Until the first words of an answer, while the provider shows no other sign of life. */
    startMs: number;
    /** Between two signs of life after that. */
    idleMs: number;
  };
}

/** @throws ConfigError */
export function readModels({ value, secret, integer }: Variables): ModelConfig {
  return {
    model: value("TRUNKLINE_MODEL"),
    openaiApiKey: secret("OPENAI_API_KEY"),
    openaiBaseUrl: value("OPENAI_BASE_URL"),
    openaiResponsesBaseUrl: value("OPENAI_RESPONSES_BASE_URL"),
    anthropicApiKey: secret("ANTHROPIC_API_KEY"),
    anthropicBaseUrl: value("ANTHROPIC_BASE_URL"),
    googleApiKey: secret("GOOGLE_GENERATIVE_AI_API_KEY"),
    googleBaseUrl: value("GOOGLE_GENERATIVE_AI_BASE_URL"),
    maxOutputTokens:
      value("TRUNKLINE_MAX_OUTPUT_TOKENS") === undefined
        ? undefined
        : integer("TRUNKLINE_MAX_OUTPUT_TOKENS", 0, 1, 100_000_000),
    patience: {
      startMs: integer("TRUNKLINE_MODEL_START_TIMEOUT_SECONDS", 600, 1, 86_400) * 1_000,
      idleMs: integer("TRUNKLINE_MODEL_IDLE_TIMEOUT_SECONDS", 300, 1, 86_400) * 1_000,
    },
  };
}
