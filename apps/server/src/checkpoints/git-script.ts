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

const read = (name: string): string => readFileSync(new URL(`scripts/${name}.sh`, import.meta.url), "utf8");

export const SCRIPTS = {
  save: read("save"),
  target: read("target"),
  restore: read("restore"),
  changes: read("changes"),
  diff: read("diff"),
  tidy: read("tidy"),
};
