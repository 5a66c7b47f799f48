import { type AcpPreset, NO_KEY } from "../preset.ts";

const SETTINGS = {
  security: { auth: { selectedType: "gemini-api-key" } },
  general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
};

/** https://geminicli.com/docs/reference/configuration */
export const geminiCli: AcpPreset = {
  title: "Gemini CLI",
  command: ["gemini", "--acp"],
  install: "npm install -g @google/gemini-cli",
  kinds: ["google"],
  // 0.61 can't make a file that the client says is not there: it takes the error for another one.
  hasOwnFiles: true,
  launch: ({ settings, provider: { address, model } }) => ({
    environment: {
      GEMINI_API_KEY: NO_KEY,
      GOOGLE_GEMINI_BASE_URL: address,
      ...(model !== null && { GEMINI_MODEL: model }),
      GEMINI_CLI_SYSTEM_SETTINGS_PATH: `${settings}/settings.json`,
      NO_BROWSER: "1",
    },
    files: { "settings.json": JSON.stringify(SETTINGS) },
  }),
};
