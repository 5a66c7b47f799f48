import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The server's own rule for where it keeps its things (`TRUNKLINE_DATA_DIR`), with `--data-dir` before it. */
export function findDataDir(option: string | undefined, env: Environment): string {
  return (
    option ??
    present(env["TRUNKLINE_DATA_DIR"]) ??
    join(present(env["XDG_DATA_HOME"]) ?? join(homedir(), ".local", "share"), "trunkline")
  );
}

/** What a server writes down about itself. */
interface ServerRecord {
  url: string;
  pid: number;
}

/** @returns the URL of the server that holds this data directory, as it wrote it down; null where none runs. */
export function readServerUrl(dataDir: string): string | null {
  return readServerRecord(dataDir)?.url ?? null;
}

/** @returns the server that holds this data directory; null where none runs. */
export function readServerRecord(dataDir: string): ServerRecord | null {
  const text = readIfPresent(join(dataDir, "server.json"));
  if (text === null) return null;
  try {
    const record = JSON.parse(text) as ServerRecord | null;
    return record !== null && isRunning(record.pid) ? record : null;
  } catch (error) {
    // Half written, at the moment of a crash: as good as none.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** @returns the token that the server keeps for local clients; null where there is none to read. */
export function readLocalToken(dataDir: string): string | null {
  return readIfPresent(join(dataDir, "token"))?.trim() || null;
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isErrno(error) && ["ENOENT", "ENOTDIR", "EACCES", "ESRCH"].includes(error.code ?? "")) return null;
    throw error;
  }
}

/** @returns whether there is such a process, whoever's it is */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !isZombie(pid);
  } catch (error) {
    // It runs, but as somebody else.
    return isErrno(error) && error.code === "EPERM";
  }
}

/** Ended, but nobody has taken notice: a container's first process may never do so. */
function isZombie(pid: number): boolean {
  const stat = readIfPresent(`/proc/${pid}/stat`);
  return stat !== null && stat.slice(stat.lastIndexOf(")")).startsWith(") Z ");
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}

export function present(value: string | undefined): string | undefined {
  return value?.trim() || undefined;
}
