import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import { plainText } from "../terminal/plain-text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { absolutePaths } from "./absolute-paths.ts";
import { readServerRecord } from "./data-dir.ts";
import { explainStart } from "./explain-start.ts";
import { makeDataDir } from "./make-data-dir.ts";

const LAUNCHER = fileURLToPath(new URL("../../bin/trunkline.mjs", import.meta.url));

/** A slow machine's first start compiles everything, and that of a new version may have a large database to migrate. */
const READY_LIMIT_MS = 300_000;
const LOOK_EVERY_MS = 50;
/** Lines of the log shown if it did not start. */
const SHOWN_LOG_LINES = 5;

export interface DetachedServer {
  url: string;
  pid: number;
  /** What is logged while it serves. */
  logFile: string;
}

/**
 * Starts the server in a session of its own, so that it outlives this process and its terminal.
 *
 * @param settings environment variables that override `env`
 * @throws CommandError with the end of its log if it exits instead of serving
 */
export async function startDetached(
  dataDir: string,
  { env, err }: Pick<Terminal, "env" | "err">,
  settings: Readonly<Record<string, string | undefined>>,
): Promise<DetachedServer> {
  // From here on, Ctrl-C must not leave a server behind silently.
  using interrupt = listenForInterrupt();
  makeDataDir(dataDir);
  // A start's own words, after those of earlier ones.
  const logFile = join(dataDir, "server.log");
  const log = openLog(logFile);
  const logStart = statSync(logFile).size;
  const child = spawn(process.execPath, [LAUNCHER, "serve"], {
    detached: true,
    cwd: dataDir,
    stdio: ["ignore", log, log],
    // Its log is in files that are rotated; what is left for this one are a start's own words.
    env: { TRUNKLINE_LOG_TO: "files", ...absolutePaths(env), ...settings, TRUNKLINE_DATA_DIR: dataDir },
  });
  closeSync(log);
  await once(child, "spawn");

  const deadline = Date.now() + READY_LIMIT_MS;
  for (;;) {
    const record = readServerRecord(dataDir);
    if (record !== null && record.pid === child.pid && (await isHealthy(record.url))) {
      child.unref();
      return { url: record.url, pid: record.pid, logFile: logFileOf(dataDir, env) ?? logFile };
    }
    // First: a key that is pressed before the child has a session of its own ends that, too.
    if (interrupt.signal.aborted) {
      await err.write("Stopping the server that was starting.\n");
      child.kill();
      throw new CommandError(EXIT.detached, "Canceled. No server was left running.");
    }
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new CommandError(
        EXIT.failed,
        `The server did not start. ${explainStart(logTail(logFile, logStart))}`,
      );
    }
    if (Date.now() > deadline) {
      child.kill();
      throw new CommandError(
        EXIT.failed,
        `The server was not ready within five minutes. Its log: ${logFile}`,
      );
    }
    await delay(LOOK_EVERY_MS);
  }
}

/** @returns the file that the server's log is in; null: it goes where its standard output goes */
function logFileOf(dataDir: string, env: Terminal["env"]): string | null {
  return env["TRUNKLINE_LOG_TO"]?.trim() === "stdout" ? null : join(dataDir, "logs", "trunkline.log");
}

function openLog(path: string): number {
  try {
    return openSync(path, "a", 0o600);
  } catch (error) {
    throw new CommandError(EXIT.usage, `Can't write the log ${path}: ${fileProblem(error)}.`, {
      cause: error,
    });
  }
}

/** @returns whether a server answers there */
async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    // For whatever reason, it does not answer.
    return false;
  }
}

function logTail(logFile: string, from: number): string {
  const lines = readFileSync(logFile).subarray(from).toString("utf8").trimEnd().split("\n");
  return plainText(lines.slice(-SHOWN_LOG_LINES).join("\n"));
}
