import { readFileSync } from "node:fs";

/** A script of ours that runs git where a session's files are read. */
export interface GitScript {
  /** Its text, for bash. */
  script: string;
  arguments: readonly string[];
  /** Its input; absent: none. */
  input?: Buffer;
  /** Absolute; the private repository, which the script may write. */
  repository: string;
  /** Object directories that the repository borrows from, absolute. */
  borrowed: readonly string[];
  /** Absolute; where it runs. Null: it reads the repository alone. */
  workspace: string | null;
  /** Whether it may write the workspace. */
  writesWorkspace: boolean;
  timeoutMs: number;
  maxOutputBytes: number;
  signal?: AbortSignal | undefined;
}

export interface GitScriptResult {
  /** Null: ended by a signal. */
  code: number | null;
  stdout: Buffer;
  /** Its end, for messages. */
  stderr: string;
}

/** @throws Error if it could not start, took too long or said too much; the message says which. */
export type RunGitScript = (script: GitScript) => Promise<GitScriptResult>;

const read = (file: URL): string => readFileSync(file, "utf8");

export const SCRIPTS = {
  save: read(new URL("scripts/save.sh", import.meta.url)),
  target: read(new URL("scripts/target.sh", import.meta.url)),
  restore: read(new URL("scripts/restore.sh", import.meta.url)),
  changes: read(new URL("scripts/changes.sh", import.meta.url)),
  diff: read(new URL("scripts/diff.sh", import.meta.url)),
  unshown: read(new URL("scripts/unshown.sh", import.meta.url)),
  tidy: read(new URL("scripts/tidy.sh", import.meta.url)),
};
