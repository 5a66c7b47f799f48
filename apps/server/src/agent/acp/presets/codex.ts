import { type AcpPreset, NO_KEY } from "../preset.ts";

/** https://www.npmjs.com/package/@agentclientprotocol/codex-acp and https://developers.openai.com/codex/config-reference */
export const codex: AcpPreset = {
  title: "Codex",
  command: ["codex-acp"],
  install: "npm install -g @agentclientprotocol/codex-acp",
  kinds: ["openai"],
  launch({ home, provider: { address, model }, isSandboxed }) {
    const provider = {
      name: "Trunkline",
      base_url: `${address}/v1`,
      wire_api: "responses",
      env_key: "TRUNKLINE_KEY",
    };
    const config = {
      ...(model !== null && { model }),
      model_provider: "trunkline",
      model_providers: { trunkline: provider },
      analytics: { enabled: false },
      check_for_update_on_startup: false,
      // Its other sandbox needs user namespaces, which there are none of in ours; this one can be nested.
      ...(isSandboxed && { features: { use_legacy_landlock: true } }),
    };
    return {
      environment: {
        // It must exist.
        CODEX_HOME: home,
        CODEX_CONFIG: JSON.stringify(config),
        MODEL_PROVIDER: "trunkline",
        TRUNKLINE_KEY: NO_KEY,
        INITIAL_AGENT_MODE: "workspace-write",
        NO_BROWSER: "1",
      },
    };
  },
};
