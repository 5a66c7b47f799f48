import { type AcpPreset, NO_KEY } from "../preset.ts";

const SDKS = { "openai-compatible": "@ai-sdk/openai-compatible", anthropic: "@ai-sdk/anthropic" } as const;

/** https://opencode.ai/docs/config and https://opencode.ai/docs/permissions */
export const opencode: AcpPreset = {
  title: "opencode",
  command: ["opencode", "acp"],
  install: "npm install -g opencode-ai",
  kinds: ["openai-compatible", "anthropic", "openai"],
  launch({ home, provider: { kind, address, model } }) {
    const npm = kind === "anthropic" ? SDKS.anthropic : SDKS["openai-compatible"];
    const name = model ?? "default";
    const config = {
      autoupdate: false,
      share: "disabled",
      model: `trunkline/${name}`,
      small_model: `trunkline/${name}`,
      enabled_providers: ["trunkline"],
      provider: {
        trunkline: {
          npm,
          name: "Trunkline",
          options: { baseURL: `${address}/v1`, apiKey: NO_KEY },
          models: { [name]: { name } },
        },
      },
      permission: { edit: "ask", bash: "ask", webfetch: "ask", external_directory: "ask" },
    };
    return {
      environment: {
        OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
        XDG_CONFIG_HOME: `${home}/.config`,
        XDG_DATA_HOME: `${home}/.local/share`,
        XDG_STATE_HOME: `${home}/.local/state`,
        XDG_CACHE_HOME: `${home}/.cache`,
        OPENCODE_DISABLE_AUTOUPDATE: "1",
        OPENCODE_DISABLE_MODELS_FETCH: "1",
        OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
        OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
      },
    };
  },
};
