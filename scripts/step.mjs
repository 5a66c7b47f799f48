import { runChild } from "./run-child.mjs";

/** Most steps say nothing until they end. */
const SILENCE_MS = 30 * 60_000;

/**
 * One line per step: what is being done, and how it went. The command's own output shows when it fails, and then all
 * of it.
 *
 * Of a step that is not alone, the line shows at its end.
 *
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, isAlone?: boolean }} options
 * @returns {Promise<{ ok: boolean, stdout: string }>}
 */
export async function step(title, command, args, { cwd, env, isAlone = true }) {
  const beginning = `${title} … `;
  if (isAlone) process.stderr.write(beginning);
  const startedAt = performance.now();
  const result = await runChild(command, args, { cwd, env, output: "capture", silenceMs: SILENCE_MS });
  const seconds = `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
  const end = result.ok ? `${seconds}\n` : `failed after ${seconds}\n\n${result.output.trimEnd()}\n\n`;
  process.stderr.write(isAlone ? end : beginning + end);
  return result;
}
