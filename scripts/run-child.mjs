import { spawn } from "node:child_process";
import { constants } from "node:os";

/** Past this much of a step's output, the beginning is dropped. */
const MAX_OUTPUT_LENGTH = 1_000_000;

/**
 * Runs a command to its end, in its own process group, so that a signal to us ends all of it and then us.
 *
 * One that says nothing for `silenceMs` hangs, and is stopped: how long all of it takes depends on the machine.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{
 *   cwd: string,
 *   env: NodeJS.ProcessEnv,
 *   output: "capture" | "show",
 *   silenceMs: number,
 * }} options `show`: passed on as it comes
 * @returns {Promise<{ ok: boolean, stdout: string, output: string }>} what was captured; `output` is both streams as they came
 */
export function runChild(command, args, { cwd, env, output, silenceMs }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
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
    for (const signal of endingSignals) process.on(signal, stop);

    /**
     * @param {string} chunk
     * @param {NodeJS.WriteStream} [shownOn]
     */
    const add = (chunk, shownOn = process.stderr) => {
      if (output === "show") return void shownOn.write(chunk);
      both = (both + chunk).slice(-MAX_OUTPUT_LENGTH);
      if (shownOn === process.stdout) stdout = (stdout + chunk).slice(-MAX_OUTPUT_LENGTH);
    };
    const silence = setTimeout(() => {
      add(`\nStopped: it said nothing for ${silenceMs / 1_000} s\n`);
      endGroup("SIGTERM");
      setTimeout(() => endGroup("SIGKILL"), 5_000).unref();
    }, silenceMs);
    for (const stream of /** @type {const} */ (["stdout", "stderr"])) {
      child[stream].setEncoding("utf8").on("data", (/** @type {string} */ chunk) => {
        silence.refresh();
        add(chunk, process[stream]);
      });
    }

    /** @param {boolean} ok */
    const settle = (ok) => {
      clearTimeout(silence);
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
