/*
 * Installs the real agents that docs/acp.md names, about 1.5 GB, outside of this repository, and runs their tests offline
 * against stand-ins of their providers. Not a part of `npm test`, where they are skipped unless they are installed.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Those that the tests were written with. */
const PACKAGES = [
  "opencode-ai@1.18.33",
  "@agentclientprotocol/codex-acp@2.6.0",
  "@agentclientprotocol/claude-agent-acp@0.101.0",
  "@google/gemini-cli@0.61.0",
];
/** opencode's puts its program in place; the others' are not needed. */
const WITH_SCRIPT = "opencode-ai";

const directory = process.env["TRUNKLINE_TEST_AGENTS"] ?? join(homedir(), ".cache", "trunkline-test-agents");
mkdirSync(directory, { recursive: true });
writeFileSync(join(directory, "package.json"), '{ "private": true }\n');
run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...PACKAGES], directory);
run("npm", ["rebuild", WITH_SCRIPT], directory);
run("pnpm", ["vitest", "run", "apps/server/src/agent/acp/real-agents.int.test.ts"], process.cwd());

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} cwd
 */
function run(program, args, cwd) {
  const { status } = spawnSync(program, args, { cwd, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
