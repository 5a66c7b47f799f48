import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { readServerRecord } from "./data-dir.ts";

const LAUNCHER = fileURLToPath(new URL("../../bin/trunkline.mjs", import.meta.url));

const READY_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 50;
/** Lines of the log that tell why it did not start. */
const SHOWN_LOG_LINES = 5;

export interface DetachedServer {
  url: string;
  pid: number;
  /** Where it writes its log, of this start and of those before. */
  logFile: string;
}

/**
 * Starts the server in a session of its own, so that it outlives this process and its terminal.
 *
 * @param settings environment variables over those of `env`
 * @throws CommandError with the end of its log where it ends instead of serving
 */
export async function startDetached(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
  settings: Readonly<Record<string, string | undefined>>,
): Promise<DetachedServer> {
  // As the server would make it: for this user alone.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const logFile = join(dataDir, "server.log");
  const log = openSync(logFile, "a", 0o600);
  const logStart = statSync(logFile).size;
  const child = spawn(process.execPath, [LAUNCHER, "serve"], {
    detached: true,
    cwd: dataDir,
    stdio: ["ignore", log, log],
    env: { ...env, ...settings, TRUNKLINE_DATA_DIR: dataDir },
  });
  closeSync(log);
  await once(child, "spawn");

  const deadline = Date.now() + READY_LIMIT_MS;
  for (;;) {
    const record = readServerRecord(dataDir);
    if (record !== null && record.pid === child.pid && (await isHealthy(record.url))) {
      child.unref();
      return { url: record.url, pid: record.pid, logFile };
    }
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new CommandError(EXIT.failed, `The server did not start:\n${logTail(logFile, logStart)}`);
    }
    if (Date.now() > deadline) {
      child.kill();
      throw new CommandError(EXIT.failed, `The server was not ready within a minute; its log is ${logFile}`);
    }
    await delay(LOOK_EVERY_MS);
  }
}

/** @returns whether a server answers there */
export async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    // Whatever keeps it from answering: it does not.
    return false;
  }
}

function logTail(logFile: string, from: number): string {
  const lines = readFileSync(logFile).subarray(from).toString("utf8").trimEnd().split("\n");
  return lines.slice(-SHOWN_LOG_LINES).join("\n");
}
