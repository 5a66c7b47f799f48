import { type AcpPreset, NO_KEY } from "../preset.ts";

/** https://code.claude.com/docs/en/settings and https://www.npmjs.com/package/@agentclientprotocol/claude-agent-acp */
export const claudeCode: AcpPreset = {
  title: "Claude Code",
  command: ["claude-agent-acp"],
  install: "npm install -g @agentclientprotocol/claude-agent-acp",
  kinds: ["anthropic"],
  launch: ({ home, provider: { address, model } }) => ({
    // Its own default decides by itself what needs no permission.
    mode: "default",
    environment: {
      CLAUDE_CONFIG_DIR: `${home}/.claude`,
      ANTHROPIC_BASE_URL: address,
      ANTHROPIC_API_KEY: NO_KEY,
      ...(model !== null && { ANTHROPIC_MODEL: model }),
      DISABLE_AUTOUPDATER: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    },
  }),
};
