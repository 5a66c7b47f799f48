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
}

/** Runs git once, and ends it with everything that it has started. @throws GitError, or the reason of the signal. */
export async function runGit(
  { spawner, program, path, settings }: GitProgram,
  run: GitRun,
  places: Pick<SpawnRequest, "readOnly" | "writable" | "network">,
): Promise<GitResult> {
  const { args, script, directory, input, signal, timeoutMs = DEFAULT_TIMEOUT_MS } = run;
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
      argv:
        script === undefined
          ? [program, ...gitArguments(args)]
          : ["bash", "--noprofile", "--norc", "-c", script, "git", ...args],
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

/** @throws GitError */
function resultOf(
  { args, script, accept = [0], timeoutMs = DEFAULT_TIMEOUT_MS }: GitRun,
  how: Ending,
  { stdout, stderr, limitReached }: { stdout: Buffer; stderr: string; limitReached: string | null },
): GitResult {
  const name = script === undefined ? `git ${args[0] ?? ""}` : "git";
  if (limitReached !== null) throw new GitError("limit", `${name} was stopped: ${limitReached}`, { stderr });
  if ("stopped" in how) {
    const why = how.stopped === "timeout" ? `took longer than ${timeoutMs / 1_000} s` : "wrote too much";
    throw new GitError(how.stopped, `${name} ${why}`, { stderr });
  }
  const code = "code" in how ? how.code : null;
  if (code !== null && accept.includes(code)) return { code, stdout, stderr };
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
