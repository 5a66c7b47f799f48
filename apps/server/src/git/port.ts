export interface GitRun {
  /** What follows `git`; the subcommand comes first. With a script, its arguments. */
  args: readonly string[];
  /** Run by bash in place of one git, with the same environment: for what takes several. */
  script?: string;
  /** Absolute path of the working directory. */
  directory: string;
  /** Further variables, such as GIT_DIR or GIT_INDEX_FILE. They win over those that every run gets. */
  environment?: Readonly<Record<string, string>>;
  /** Further settings, which win over the repository's and over those that every run gets. */
  configuration?: Readonly<Record<string, string>>;
  /** The transport that it may use, if any. */
  protocol?: "file" | "https" | "http" | "ssh";
  /** Its entire input. */
  input?: string | Uint8Array;
  /** On abort, it is ended with all that it has started. */
  signal?: AbortSignal;
  /** Default 60,000. */
  timeoutMs?: number;
  /** Most memory of each of its processes, in bytes, where less will do than `own` gives it. Not for `sandboxed`. */
  memoryBytes?: number;
  /** Most bytes of its output to keep; with more it is ended. Default 4 MiB. */
  maxOutputBytes?: number;
  /** Takes the output instead, piece by piece; a piece is valid until it returns, a promise holds git back. */
  onOutput?: (bytes: Uint8Array) => void | Promise<void>;
  /** Takes what it writes to stderr, such as progress; its end is kept all the same. */
  onErrorOutput?: (bytes: Uint8Array) => void | Promise<void>;
  /** Exit codes that are answers rather than failures. Default: 0. */
  accept?: readonly number[];
}

export interface SandboxedGitRun extends GitRun {
  /** Directories that it may read, at the paths that they have; with `directory` among them it can't write that. */
  readOnly?: readonly string[];
  /** Directories that it may write, beside `directory`. */
  writable?: readonly string[];
}

export interface GitResult {
  code: number;
  /** Empty where `onOutput` takes it. */
  stdout: Buffer;
  /** The end of it. */
  stderr: string;
}

/**
 * Runs git with our configuration alone: neither the machine's, nor the user's; no hooks, pagers, editors, helpers,
 * signatures, submodules, questions or transports but the one that is asked for. What a repository's own configuration
 * may still name (filters, drivers) is why there are two ways: see docs/decisions/038-git-in-two-ways.md.
 */
export interface Git {
  /** Null where git is missing or too old; `reason` says what to do. */
  readonly version: string | null;
  readonly reason: string | null;
  /**
   * Outside the sandbox: only in directories that nobody but this server writes, whatever their content.
   * @throws GitError
   * @throws the reason of the signal.
   */
  own(run: GitRun): Promise<GitResult>;
  /**
   * In the sandbox, without network, seeing `directory`, `readOnly` and `writable` alone: wherever somebody else may
   * have written configuration, attributes or refs. Where commands run without a sandbox, so does this.
   * @throws GitError
   * @throws the reason of the signal.
   */
  sandboxed(run: SandboxedGitRun): Promise<GitResult>;
}

export type GitFailure =
  /** Git is missing or too old. */
  | "unavailable"
  /** It could not be started. */
  | "not-started"
  /** It ended with an exit code that is no answer, or by a signal. */
  | "failed"
  | "timeout"
  | "too-much-output"
  /** It met a limit of the sandbox, such as the space of the workspace. */
  | "limit";

export class GitError extends Error {
  override readonly name = "GitError";
  readonly failure: GitFailure;
  readonly code: number | null;
  /** The end of what git said. It may quote file names and content of the repository. */
  readonly stderr: string;

  constructor(failure: GitFailure, message: string, details: { code?: number | null; stderr?: string } = {}) {
    super(message);
    this.failure = failure;
    this.code = details.code ?? null;
    this.stderr = details.stderr ?? "";
  }
}

/**
 * @param stderr what git said while it looked through files
 * @returns a file or directory that is closed to it; null: none. Of directories it only warns, and goes on without what is in them.
 */
export function closedPath(stderr: string): string | null {
  const found = /could not open directory '(.+?)\/?': |(?:open|lstat)\("(.+?)"\): Permission denied/.exec(
    stderr,
  );
  return found?.[1] ?? found?.[2] ?? null;
}
