import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findHome } from "@trunkline/server/find-home";
import { localPath } from "./local-path.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The server's rule for its data directory (`TRUNKLINE_DATA_DIR`), overridden by `--data-dir`; always absolute. */
export function findDataDir(option: string | undefined, env: Environment): string {
  return localPath(
    present(option) ??
      present(env["TRUNKLINE_DATA_DIR"]) ??
      join(present(env["XDG_DATA_HOME"]) ?? join(findHome(env), ".local", "share"), "trunkline"),
  );
}

/** A running server's record of itself. */
export interface ServerRecord {
  url: string;
  pid: number;
  /** Ms since the epoch. */
  startedAt: number;
}

/** @returns the record in this data directory, whether the server still runs or not; null if there is none. */
export function readServerRecord(dataDir: string): ServerRecord | null {
  const text = readIfPresent(join(dataDir, "server.json"));
  if (text === null) return null;
  try {
    const record: unknown = JSON.parse(text);
    return isServerRecord(record) ? record : null;
  } catch (error) {
    // Half written because of a crash: ignore it.
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

/** @returns the local user's token; null if it can't be read. */
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
