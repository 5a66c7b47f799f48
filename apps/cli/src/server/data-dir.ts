import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { localPath } from "./local-path.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The server's own rule for its data directory (`TRUNKLINE_DATA_DIR`), with `--data-dir` before it; always absolute. */
export function findDataDir(option: string | undefined, env: Environment): string {
  return localPath(
    present(option) ??
      present(env["TRUNKLINE_DATA_DIR"]) ??
      join(present(env["XDG_DATA_HOME"]) ?? join(homedir(), ".local", "share"), "trunkline"),
  );
}

/** What a server writes down about itself while it runs. */
export interface ServerRecord {
  url: string;
  pid: number;
  /** Ms since the epoch. */
  startedAt: number;
}

/** @returns what a server wrote down in this data directory, whether it still runs or not; null for nothing. */
export function readServerRecord(dataDir: string): ServerRecord | null {
  const text = readIfPresent(join(dataDir, "server.json"));
  if (text === null) return null;
  try {
    const record: unknown = JSON.parse(text);
    return isServerRecord(record) ? record : null;
  } catch (error) {
    // Half written, at the moment of a crash: as good as none.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isServerRecord(value: unknown): value is ServerRecord {
  if (typeof value !== "object" || value === null) return false;
  const { url, pid, startedAt } = value as Partial<Record<string, unknown>>;
  return (
    typeof url === "string" && URL.canParse(url) && Number.isSafeInteger(pid) && typeof startedAt === "number"
  );
}

/** @returns the token that the server keeps for its own user; null where there is none to read. */
export function readLocalToken(dataDir: string): string | null {
  return readIfPresent(join(dataDir, "token"))?.trim() || null;
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isErrno(error) && ["ENOENT", "ENOTDIR", "EACCES", "ENAMETOOLONG", "ELOOP"].includes(error.code ?? ""))
      return null;
    throw error;
  }
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}

export function present(value: string | undefined): string | undefined {
  return value?.trim() || undefined;
}
