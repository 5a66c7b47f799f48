import { access } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where `pnpm test:agents` installs them, outside of this repository. */
const AGENTS_DIRECTORY =
  process.env["TRUNKLINE_TEST_AGENTS"] ?? join(homedir(), ".cache", "trunkline-test-agents");

const PROGRAMS = {
  opencode: "opencode",
  codex: "codex-acp",
  "claude-code": "claude-agent-acp",
  gemini: "gemini",
};

/** Programs of agents from npm, by their names here; those that are not installed are missing. */
export async function installedAgents(): Promise<Record<string, string>> {
  const found = await Promise.all(
    Object.entries(PROGRAMS).map(async ([name, program]) => {
      const path = join(AGENTS_DIRECTORY, "node_modules", ".bin", program);
      const isThere = await access(path).then(
        () => true,
        () => false,
      );
      return isThere ? [[name, path] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}
