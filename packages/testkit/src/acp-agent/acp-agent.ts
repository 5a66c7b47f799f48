import { fileURLToPath } from "node:url";

/** Command of an agent that does what the lines of a prompt say, see scripted-agent.ts. */
export const scriptedAgentCommand: readonly [string, string] = [
  process.execPath,
  fileURLToPath(new URL("main.ts", import.meta.url)),
];

/** Directories that it needs to see. */
export const scriptedAgentShown: readonly string[] = [
  fileURLToPath(new URL("../../../../", import.meta.url)),
];
