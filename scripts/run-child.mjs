import { spawn } from "node:child_process";
import { constants } from "node:os";

/** Past this much of a step's output, the beginning is dropped. */
const MAX_OUTPUT_LENGTH = 1_000_000;

/**
 * Runs a command to its end, in its own process group, so that a signal to us ends all of it and then us.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{
 *   cwd: string,
 *   env: NodeJS.ProcessEnv,
 *   output: "capture" | "inherit",
 *   timeoutMs: number,
 * }} options
 * @returns {Promise<{ ok: boolean, stdout: string, output: string }>} `output` is both streams as they came
 */
export function runChild(command, args, { cwd, env, output, timeoutMs }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", output === "capture" ? "pipe" : "inherit", output === "capture" ? "pipe" : "inherit"],
    });
    let stdout = "";
    let both = "";
    /** @type {NodeJS.Signals | undefined} */
    let stoppedBy;

    /** @param {NodeJS.Signals} signal */
    const endGroup = (signal) => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, signal);
      } catch (error) {
        // ESRCH: the group has ended by itself.
        if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
      }
    };
    /** @param {NodeJS.Signals} signal */
    const stop = (signal) => {
      stoppedBy = signal;
      endGroup("SIGTERM");
      setTimeout(() => endGroup("SIGKILL"), 5_000).unref();
    };
    const timeout = setTimeout(() => {
      both += `\nStopped: it took longer than ${timeoutMs / 1_000} s\n`;
      endGroup("SIGTERM");
      setTimeout(() => endGroup("SIGKILL"), 5_000).unref();
    }, timeoutMs);
    for (const signal of endingSignals) process.on(signal, stop);

    /** @param {string} chunk */
    const add = (chunk) => {
      both = (both + chunk).slice(-MAX_OUTPUT_LENGTH);
    };
    child.stdout?.setEncoding("utf8").on("data", (/** @type {string} */ chunk) => {
      stdout = (stdout + chunk).slice(-MAX_OUTPUT_LENGTH);
      add(chunk);
    });
    child.stderr?.setEncoding("utf8").on("data", add);

    /** @param {boolean} ok */
    const settle = (ok) => {
      clearTimeout(timeout);
      for (const signal of endingSignals) process.off(signal, stop);
      if (stoppedBy !== undefined) process.exit(exitCodeOf(stoppedBy));
      resolve({ ok, stdout, output: both });
    };
    child.once("error", (error) => {
      add(`${error.message}\n`);
      settle(false);
    });
    child.once("close", (code) => settle(code === 0));
  });
}

/** @type {NodeJS.Signals[]} */
export const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * What a shell reports for a process that a signal ended.
 *
 * @param {NodeJS.Signals} signal
 */
export function exitCodeOf(signal) {
  return 128 + constants.signals[signal];
}
