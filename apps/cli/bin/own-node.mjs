import { spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { besideCode, cacheDirectory } from "./cache-directory.mjs";

/** Fetched where the machine's is too old. */
const MAJOR = 26;

/**
 * Node 24.16 or a later 24, or 26 and later.
 *
 * @param {string} version
 */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major >= 26 || (major === 24 && minor >= 16);
}

/** Runs this very command with a Node of our own, and ends as it ends. */
export async function runWithOwnNode() {
  const node = findOwnNode() ?? fetchOwnNode();
  if (node === null) {
    process.stderr.write(
      `trunkline needs Node 24.16 or newer; this is ${process.versions.node}, and none could be fetched from the npm registry. ` +
        "Install a newer one from https://nodejs.org.\n",
    );
    process.exitCode = 2;
    return;
  }
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit" });
  // Ctrl-C reaches the child by itself; it decides what to do about it.
  process.on("SIGINT", () => {});
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  await new Promise((resolve) => {
    child.once("error", (error) => {
      process.stderr.write(`${node} does not run: ${error.message}\n`);
      process.exitCode = 2;
      resolve(undefined);
    });
    child.once("exit", (code, signal) => {
      process.exitCode = code ?? (signal === null ? 1 : 128 + constants.signals[signal]);
      resolve(undefined);
    });
  });
}

/** The package that holds nothing but the program; it needs no install script. */
const packageName = () => `node-${process.platform}-${process.arch}`;

/** @param {string} directory */
const programIn = (directory) => join(directory, "node_modules", packageName(), "bin", "node");

function findOwnNode() {
  const places = [besideCode(`node-${MAJOR}`), cacheDirectory(`node-${MAJOR}`)];
  return (
    places
      .flatMap((place) => (place === null ? [] : [programIn(place)]))
      .find((program) => existsSync(program)) ?? null
  );
}

/** @returns {string | null} null if npm can't */
function fetchOwnNode() {
  const directory = cacheDirectory(`node-${MAJOR}`);
  if (directory === null) return null;
  process.stderr.write(
    `trunkline needs Node 24.16 or newer, and this is ${process.versions.node}: getting Node ${MAJOR} from the npm registry, once …\n`,
  );
  const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"];
  // Not by --prefix, which also makes npm forget the machine's settings: registry, proxy, certificates.
  writeFileSync(join(directory, "package.json"), '{ "private": true }\n');
  spawnSync("npm", ["install", ...options, `${packageName()}@${MAJOR}`], {
    cwd: directory,
    // What it says is no part of this command's output.
    stdio: ["ignore", 2, 2],
  });
  const program = programIn(directory);
  return existsSync(program) ? program : null;
}
