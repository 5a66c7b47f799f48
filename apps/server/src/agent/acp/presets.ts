import type { AcpPreset } from "./preset.ts";
import { claudeCode } from "./presets/claude-code.ts";
import { codex } from "./presets/codex.ts";
import { geminiCli } from "./presets/gemini-cli.ts";
import { opencode } from "./presets/opencode.ts";

/** By the names that the operator and `acp:NAME` have for them. */
export const PRESETS = {
  "claude-code": claudeCode,
  codex,
  opencode,
  gemini: geminiCli,
} as const satisfies Record<string, AcpPreset>;
