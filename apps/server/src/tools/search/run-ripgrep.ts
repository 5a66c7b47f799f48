import type { Redactor } from "../../secrets/port.ts";
import type { Spawner } from "../port.ts";
import { waitForEnding } from "../process/wait-for-ending.ts";
import { RedactedBytes } from "../redacted-bytes.ts";
import { MatchOutput } from "./match-output.ts";
import type { Ripgrep } from "./ripgrep.ts";

const DEADLINE_MS = 30_000;
const MAX_LENGTH = 50_000;
const MAX_ERROR_LENGTH = 4_000;

export interface SearchDeps {
  ripgrep: Ripgrep;
  /** Shows it the workspace alone, read-only, if it can. */
  spawner: Spawner;
  redactor: Redactor;
}

export interface SearchRequest {
  /** What to look for, and how: beside what is always given. */
  options: readonly string[];
  /** Relative to the workspace, and no link. */
  path: string;
  workspace: string;
  shows: "lines" | "paths";
  /** Lines, or paths, to show at most. */
  limit: number;
  signal: AbortSignal;
}

export interface SearchResult {
  text: string;
  /** Why there may be more; null: this is all. */
  cut: "limit" | "deadline" | "stopped" | null;
  /** What ripgrep complained about. */
  errors: string;
  /** Absent: it did not end by itself. */
  exitCode: number | null;
}

/**
 * Runs ripgrep: its regular expressions take linear time, it follows no links, reads no settings, runs no other program, and ends at
 * a deadline or once there is enough to show.
 */
export async function runRipgrep(
  { ripgrep, spawner, redactor }: SearchDeps,
  { options, path, workspace, shows, limit, signal }: SearchRequest,
): Promise<SearchResult> {
  signal.throwIfAborted();
  const output = new MatchOutput(shows, { lines: limit, length: MAX_LENGTH });
  const redacted = new RedactedBytes(redactor.stream());
  const enough = new AbortController();
  const take = (bytes: Uint8Array): void => {
    output.push(bytes);
    if (output.isFull) enough.abort();
  };
  let errors = "";
  const running = await spawner.spawn({
    argv: [ripgrep.program, ...FIXED_OPTIONS, ...options, "--", path === "" ? "." : `./${path}`],
    cwd: workspace,
    readOnly: [workspace, ...ripgrep.shows],
    network: "off",
    environment: {},
    onOutput: (bytes) => take(redacted.push(bytes)),
    onErrorOutput: (bytes) => {
      if (errors.length < MAX_ERROR_LENGTH) errors += Buffer.from(bytes).toString("utf8");
    },
  });
  const ending = await waitForEnding(running, DEADLINE_MS, AbortSignal.any([signal, enough.signal]));
  await running.end();
  take(redacted.end());
  signal.throwIfAborted();
  const cut = output.isFull
    ? "limit"
    : ending.type === "timeout"
      ? "deadline"
      : running.limitReached !== null || (ending.type === "exited" && ending.code === null)
        ? "stopped"
        : null;
  const exitCode = ending.type === "exited" ? ending.code : null;
  return { text: output.text(), cut, errors: errors.slice(0, MAX_ERROR_LENGTH), exitCode };
}

const FIXED_OPTIONS = [
  "--no-config",
  "--color=never",
  "--no-heading",
  "--with-filename",
  "--null",
  "--no-context-separator",
  // One thread, and the same order each time.
  "--sort=path",
  "--hidden",
  "--glob=!.git/",
  "--no-require-git",
  "--no-ignore-global",
  // What is above the workspace says nothing about it.
  "--no-ignore-parent",
  "--no-ignore-messages",
  "--regex-size-limit=10M",
  "--dfa-size-limit=50M",
];
