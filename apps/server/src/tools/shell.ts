import type { Redactor } from "../secrets/port.ts";
import { HeadTailBuffer } from "../common/head-tail-buffer.ts";
import { readOutputText } from "./output-text.ts";
import type { RunShell, ShellOutcome, Spawner } from "./port.ts";
import { type Ending, waitForEnding } from "./process/wait-for-ending.ts";
import { ProgressFeed } from "./progress-feed.ts";
import { RedactedBytes } from "./redacted-bytes.ts";
import { SHELL_ENVIRONMENT } from "./shell-environment.ts";

/** Bytes of output to keep from the start and from the end, which most often says what went wrong. */
const HEAD_BYTES = 16_384;
const TAIL_BYTES = 49_152;

export interface ShellDeps {
  spawner: Spawner;
  /** The part of the server's environment that commands may see: search path and language, never a secret. */
  environment: Readonly<Record<string, string>>;
  /** Also redacts these values. */
  redactor: (values: readonly string[]) => Redactor;
}

/** Runs command lines for the server itself, as the tool `bash` runs the model's. */
export function createShell({ spawner, environment, redactor }: ShellDeps): RunShell {
  return async (command) => {
    const { directory, variables = {}, timeoutMs, signal } = command;
    signal.throwIfAborted();
    const kept = new HeadTailBuffer(HEAD_BYTES, TAIL_BYTES);
    const feed = new ProgressFeed(async (chunk) => command.progress?.(chunk));
    const redacted = new RedactedBytes(redactor(Object.values(variables)).stream());
    const take = (bytes: Uint8Array): Promise<void> | undefined => {
      kept.push(bytes);
      return feed.push(bytes);
    };
    const { readOnly, writable, ownerId, network } = command;
    const running = await spawner.spawn({
      argv: ["bash", "--noprofile", "--norc", "-c", command.script, "bash", ...(command.args ?? [])],
      cwd: directory,
      environment: { ...environment, ...SHELL_ENVIRONMENT, ...variables, HOME: directory, PWD: directory },
      ...(readOnly && { readOnly }),
      ...(writable && { writable }),
      ...(ownerId !== undefined && { ownerId }),
      ...(network && { network }),
      onOutput: (bytes) => take(redacted.push(bytes)),
    });
    const ending = await waitForEnding(running, timeoutMs, AbortSignal.any([signal, feed.failed]));
    await running.end();
    await take(redacted.end());
    await feed.finish();
    return outcome(ending, running.limitReached, { ...readOutputText(kept), timeoutMs });
  };
}

function outcome(
  ending: Ending,
  limitReached: string | null,
  { text, omittedBytes, timeoutMs }: { text: string; omittedBytes: number; timeoutMs: number },
): ShellOutcome {
  const exitCode = ending.type === "exited" ? ending.code : null;
  return {
    succeeded: exitCode === 0 && limitReached === null,
    aborted: ending.type === "aborted",
    exitCode,
    output: text,
    omittedBytes,
    problem: limitReached ?? problemOf(ending, timeoutMs),
  };
}

function problemOf(ending: Ending, timeoutMs: number): string | null {
  if (ending.type === "timeout") return `it took longer than ${timeoutMs / 1_000} s`;
  if (ending.type === "aborted") return "it was stopped";
  if (ending.signal !== null) return `it was ended by ${ending.signal}`;
  return ending.code === 0 ? null : `it ended with exit code ${ending.code}`;
}
