/*
 * `npm start`: from a bare clone to a running server. `--web on|off|dev` overrides TRUNKLINE_WEB; other arguments are
 * passed to the server.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BootstrapError, bootstrap, root } from "./bootstrap.mjs";
import { endingSignals, exitCodeOf } from "./run-child.mjs";
import { step } from "./step.mjs";
import { takeOption } from "./take-option.mjs";

/** Ctrl-C arrives twice: from the terminal and from npm. */
const SAME_SIGNAL_MS = 500;

try {
  const { value: web = process.env["TRUNKLINE_WEB"] || "on", rest } = takeOption(
    process.argv.slice(2),
    "--web",
  );
  const env = { ...(await bootstrap()), TRUNKLINE_WEB: web };
  if (web === "on") await buildWeb(env);
  if (web !== "dev") await bundle(env);
  serve(rest, env);
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @throws {BootstrapError}
 */
async function buildWeb(env) {
  const turbo = join(root, "node_modules", ".bin", "turbo");
  const { ok } = await step("Building the web UI", turbo, ["run", "build", "--filter=@trunkline/web"], {
    cwd: root,
    env: { ...env, TURBO_TELEMETRY_DISABLED: "1", NEXT_TELEMETRY_DISABLED: "1" },
  });
  if (!ok) throw new BootstrapError("The web UI could not be built. `npm run server` starts without it.");
}

/**
 * Without a bundle, the programs run from their sources.
 *
 * @param {NodeJS.ProcessEnv} env
 */
async function bundle(env) {
  const args = [join("scripts", "bundle", "main.ts")];
  await step("Bundling the server and the command line", "node", args, { cwd: root, env });
}

/**
 * The server gets its own process group, so that it receives Ctrl-C only once, from here.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function serve(args, env) {
  const followParent = pathToFileURL(join(root, "scripts", "follow-parent.mjs")).href;
  const server = spawn(
    "node",
    ["--import", followParent, join("apps", "server", "bin", "trunkline-server.mjs"), ...args],
    {
      cwd: root,
      env,
      detached: true,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    },
  );

  /** @type {Map<NodeJS.Signals, number>} */
  const passedOnAt = new Map();
  for (const signal of endingSignals) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - (passedOnAt.get(signal) ?? -Infinity) < SAME_SIGNAL_MS) return;
      passedOnAt.set(signal, now);
      // Closing the terminal is an ordinary end.
      server.kill(signal === "SIGHUP" ? "SIGTERM" : signal);
    });
  }
  server.once("error", (error) => {
    process.stderr.write(`The server could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  server.once("exit", (code, signal) => {
    process.exit(code ?? (signal === null ? 1 : exitCodeOf(signal)));
  });
}
