import { spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { sharedPlaces, usable } from "./cache-directory.mjs";

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
      if (code === NOT_LOADED) sayWhatIsMissing(node);
      resolve(undefined);
    });
  });
}

/** The dynamic loader's exit code where it doesn't find a library; it has named it by then. */
const NOT_LOADED = 127;

/**
 * Node's own programs need a library of GCC's that small images leave out.
 *
 * @param {string} node
 */
function sayWhatIsMissing(node) {
  const { status, stderr } = spawnSync(node, ["--version"], { encoding: "utf8" });
  const library = status === NOT_LOADED ? /lib[\w.+-]+\.so[\w.]*/.exec(stderr)?.[0] : undefined;
  if (library === undefined) return;
  const hint = library.startsWith("libatomic")
    ? "apt-get install libatomic1 (Debian, Ubuntu), dnf install libatomic (Fedora, RHEL), apk add libatomic (Alpine)"
    : "by the package of your system that has it";
  process.stderr.write(
    `Node ${MAJOR} needs ${library}, which this machine doesn't have. Install it: ${hint}. Or install Node 24.16 or newer yourself.\n`,
  );
}

/** The package that holds nothing but the program; it needs no install script. */
const packageName = () => `node-${process.platform}-${process.arch}`;

/** @param {string} directory */
const programIn = (directory) => join(directory, "node_modules", packageName(), "bin", "node");

function findOwnNode() {
  const programs = sharedPlaces(`node-${MAJOR}`).map(programIn);
  return programs.find((program) => existsSync(program)) ?? null;
}

/** @returns {string | null} null if npm can't */
function fetchOwnNode() {
  const directory = sharedPlaces(`node-${MAJOR}`).find((place) => usable(place) !== null);
  if (directory === undefined) return null;
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
