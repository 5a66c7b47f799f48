import type { OnOutput, ProcessExit, SpawnRequest, Spawner } from "../tools/port.ts";
import { gitArguments, gitEnvironment } from "./git-environment.ts";
import { GitError, type GitFailure, type GitResult, type GitRun } from "./port.ts";

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_OUTPUT = 4 * 1_048_576;

/** Bytes of stderr to keep. */
const MAX_ERRORS = 16_384;

type Ending = ProcessExit | { stopped: GitFailure } | { aborted: true };

export interface GitProgram {
  spawner: Spawner;
  /** Absolute path of git. */
  program: string;
  /** Search path. */
  path: string;
  /** File with the settings that stand for a user's. */
  settings: string;
  /** Most memory of each process, in bytes; absent: whatever its spawner leaves it. */
  memoryBytes?: number;
}

/** Runs git once, and ends it with everything that it has started. @throws GitError, or the reason of the signal. */
export async function runGit(
  { spawner, program, path, settings, memoryBytes }: GitProgram,
  run: GitRun,
  places: Pick<SpawnRequest, "readOnly" | "writable" | "network">,
): Promise<GitResult> {
  const { directory, input, signal, timeoutMs = DEFAULT_TIMEOUT_MS } = run;
  signal?.throwIfAborted();
  const { promise: ending, resolve: end } = Promise.withResolvers<Ending>();
  const output = new BoundedOutput(run.maxOutputBytes ?? DEFAULT_MAX_OUTPUT, () =>
    end({ stopped: "too-much-output" }),
  );
  let stderr = "";
  const onErrorOutput: OnOutput = (bytes) => {
    stderr = (stderr + Buffer.from(bytes).toString("latin1")).slice(-MAX_ERRORS);
    return run.onErrorOutput?.(bytes);
  };
  const running = await spawner
    .spawn({
      argv: commandOf(run, program, memoryBytes && Math.min(memoryBytes, run.memoryBytes ?? Infinity)),
      cwd: directory,
      environment: gitEnvironment(run, { path, settings }),
      ...(input !== undefined && { input: Buffer.from(input) }),
      onOutput: run.onOutput ?? ((bytes) => output.push(bytes)),
      onErrorOutput,
      ...places,
    })
    .catch((error: unknown) => {
      throw new GitError("not-started", error instanceof Error ? error.message : String(error));
    });
  void running.exited.then(end);
  const timer = setTimeout(() => end({ stopped: "timeout" }), timeoutMs);
  const onAbort = (): void => end({ aborted: true });
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  const how = await ending;
  clearTimeout(timer);
  signal?.removeEventListener("abort", onAbort);
  await running.end();
  if ("aborted" in how) signal?.throwIfAborted();
  const said = Buffer.from(stderr, "latin1").toString();
  return resultOf(run, how, { stdout: output.read(), stderr: said, limitReached: running.limitReached });
}

/**
 * With a limit, also the first to go when memory runs out, and without core dumps, which would hold what signs in. A limit of
 * the machine's that is lower stays.
 */
function commandOf(
  { args, script }: GitRun,
  program: string,
  memoryBytes: number | undefined,
): readonly [string, ...string[]] {
  const asked = script === undefined ? [program, ...gitArguments(args)] : [...BASH, script, "git", ...args];
  if (memoryBytes === undefined) return asked as [string, ...string[]];
  const kib = Math.floor(memoryBytes / 1_024);
  const limits = `{ echo 1000 > /proc/self/oom_score_adj; ulimit -c 0; ulimit -d ${kib}; } 2>/dev/null`;
  return ["/bin/sh", "-c", `${limits}; exec "$@"`, "sh", ...asked];
}

const BASH = ["bash", "--noprofile", "--norc", "-c"];

/** What git and its helpers say when they get no memory. */
const NO_MEMORY = /\bout of memory\b|memory exhausted|Cannot allocate memory/i;

/** @throws GitError */
function resultOf(
  { args, script, accept = [0], timeoutMs = DEFAULT_TIMEOUT_MS }: GitRun,
  how: Ending,
  { stdout, stderr, limitReached }: { stdout: Buffer; stderr: string; limitReached: string | null },
): GitResult {
  const name = script === undefined ? `git ${args[0] ?? ""}` : "git";
  if (limitReached !== null) throw new GitError("limit", `${name} was stopped: ${limitReached}`, { stderr });
  const code = "code" in how ? how.code : null;
  if (code !== null && accept.includes(code)) return { code, stdout, stderr };
  if (NO_MEMORY.test(stderr)) {
    throw new GitError("limit", `${name} needs more memory for this repository than it may have`, {
      code,
      stderr,
    });
  }
  if ("stopped" in how) {
    const why = how.stopped === "timeout" ? `took longer than ${timeoutMs / 1_000} s` : "wrote too much";
    throw new GitError(how.stopped, `${name} ${why}`, { stderr });
  }
  const cause = code === null ? "was ended by a signal" : `failed (exit code ${code})`;
  const last = stderr.trim().split("\n").at(-1) ?? "";
  throw new GitError("failed", last === "" ? `${name} ${cause}` : `${name} ${cause}: ${last}`, {
    code,
    stderr,
  });
}

class BoundedOutput {
  readonly #pieces: Buffer[] = [];
  readonly #max: number;
  readonly #onExcess: () => void;
  #length = 0;

  constructor(max: number, onExcess: () => void) {
    this.#max = max;
    this.#onExcess = onExcess;
  }

  push(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length > this.#max) return this.#onExcess();
    // Pieces are only lent.
    this.#pieces.push(Buffer.from(bytes));
  }

  read(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}
