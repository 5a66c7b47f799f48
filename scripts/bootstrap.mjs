import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withPathFirst, withoutNpm } from "./child-env.mjs";
import { step } from "./step.mjs";
import { nodeIsUsable, pnpmIsUsable } from "./versions.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where the last fetched Node and pnpm are: asking npx takes a second at every start. */
const rememberedFolder = join(root, "node_modules", ".trunkline-toolchain");

/** A step failed, and has said why. */
export class BootstrapError extends Error {
  /** @override */
  name = "BootstrapError";
}

/**
 * Ensures Node, pnpm and the installed packages, starting from a bare Node 20 with npm if necessary.
 *
 * @returns {Promise<NodeJS.ProcessEnv>} an environment with the right `node` and `pnpm`
 * @throws {BootstrapError}
 */
export async function bootstrap() {
  const env = await findToolchain();
  await installPackages(env);
  return env;
}

/**
 * Fetches what is missing or outdated from the npm registry into npm's cache, where the next start finds it. Not by
 * depending on `node`: pnpm would download that from nodejs.org.
 */
async function findToolchain() {
  const env = withoutNpm(process.env);
  const missing = [];
  if (!nodeIsUsable(process.version)) missing.push("node@26");
  if (!pnpmIsUsable(versionOf("pnpm", env))) missing.push("pnpm@12");
  if (missing.length === 0) return env;

  if (existsSync(rememberedFolder)) {
    const remembered = withPathFirst(env, readFileSync(rememberedFolder, "utf8"), delimiter);
    if (isUsable(remembered)) return remembered;
  }

  // npx puts the fetched directory first on the path of the command.
  const fetched = await step(
    `Getting ${missing.join(" and ")} from npm (this is Node ${process.versions.node})`,
    "npx",
    ["--yes", ...missing.flatMap((name) => ["--package", name]), "--call", "node -p process.env.PATH"],
    // Its own settings, including the cache's location, are right for npx.
    { cwd: root, env: process.env },
  );
  const folder = fetched.stdout.trim().split("\n").at(-1)?.split(delimiter)[0];
  if (!fetched.ok || folder === undefined) throw new BootstrapError("Node and pnpm could not be fetched.");
  const complete = withPathFirst(env, folder, delimiter);
  if (!isUsable(complete)) {
    throw new BootstrapError(
      `${missing.join(" and ")} cannot be run from ${folder}. Please install Node 26 and pnpm 12.`,
    );
  }
  mkdirSync(dirname(rememberedFolder), { recursive: true });
  writeFileSync(rememberedFolder, folder);
  return complete;
}

/** @param {NodeJS.ProcessEnv} env */
function isUsable(env) {
  return nodeIsUsable(versionOf("node", env)) && pnpmIsUsable(versionOf("pnpm", env));
}

/**
 * @param {string} command
 * @param {NodeJS.ProcessEnv} env
 * @returns {string} the output of `--version`; empty if there is no such command
 */
function versionOf(command, env) {
  try {
    return execFileSync(command, ["--version"], {
      cwd: root,
      // Corepack's pnpm shim would ask before downloading the real one.
      env: { ...env, COREPACK_ENABLE_DOWNLOAD_PROMPT: "0" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 60_000,
    }).trim();
  } catch {
    return "";
  }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @throws {BootstrapError}
 */
async function installPackages(env) {
  if (isInstalled()) return;
  const { ok } = await step(
    "Installing packages",
    "pnpm",
    ["install", "--frozen-lockfile", "--config.confirmModulesPurge=false"],
    // The workspace's tools are development dependencies.
    { cwd: root, env: { ...env, NODE_ENV: "development" } },
  );
  if (!ok) throw new BootstrapError("The packages could not be installed.");
}

/** pnpm stores the lockfile of what it installed, once it is done. */
function isInstalled() {
  const installed = join(root, "node_modules", ".pnpm", "lock.yaml");
  return existsSync(installed) && readFileSync(installed).equals(readFileSync(join(root, "pnpm-lock.yaml")));
}
