import { type ChangedFile, MAX_CHANGED_FILES, TrunklineError } from "@trunkline/contract";
import { diffText } from "./diff-text.ts";
import { pathText } from "./git-path.ts";
import { type GitScript, type GitScriptResult, type RunGitScript, SCRIPTS } from "./git-script.ts";
import { parseRawDiff, splitAtNul } from "./raw-diff.ts";

const MIB = 1_048_576;

/** Larger files are in no checkpoint, in bytes. */
export const MAX_CHECKPOINT_FILE_BYTES = 100 * MIB;
/** What one checkpoint may add, in bytes. */
const MAX_CHECKPOINT_BYTES = 2_048 * MIB;

/** Of a session's checkpoints on the disk: beyond it the oldest are forgotten. */
const MAX_REPOSITORY_BYTES = 4_096 * MIB;

/** A first checkpoint may read a whole repository. */
const SAVE_MS = 600_000;
const RESTORE_MS = 600_000;
const READ_MS = 60_000;

/** Of names; more are cut off. */
const MAX_NAMES_BYTES = 16 * MIB;
const MAX_FILE_DIFF_BYTES = MIB / 2;
const MAX_WHOLE_DIFF_BYTES = 2 * MIB;
const MAX_OMITTED = 100;

/** The commit is not in the repository. */
const EXIT_GONE = 44;

export interface SavedTree {
  tree: string;
  /** Null: the tree is the one that was known. */
  commit: string | null;
  omitted: string[];
}

interface Places extends Pick<GitScript, "repository" | "borrowed"> {
  workspace: string;
}

/** One session's private repository and workspace, by way of the scripts. Callers take turns. */
export class SessionRepository {
  readonly #run: RunGitScript;
  readonly #places: Places;

  constructor(run: RunGitScript, places: Places) {
    this.#run = run;
    this.#places = places;
  }

  /** @throws Error with what git says; TrunklineError `storage_full` if too much changed. */
  async save(knownTree: string | null, message: string, signal?: AbortSignal): Promise<SavedTree> {
    const limits = [MAX_CHECKPOINT_FILE_BYTES, MAX_CHECKPOINT_BYTES].map(String);
    const { stdout } = await this.#expectSuccess({
      script: SCRIPTS.save,
      arguments: [knownTree ?? "", message, ...limits],
      workspace: this.#places.workspace,
      timeoutMs: SAVE_MS,
      maxOutputBytes: MAX_NAMES_BYTES,
      signal,
    });
    const end = stdout.indexOf("\n\n");
    const head = stdout.subarray(0, end === -1 ? stdout.length : end).toString("latin1");
    const tree = /^tree ([0-9a-f]{40,64})$/m.exec(head)?.[1];
    if (tree === undefined) {
      throw new TrunklineError("storage_full", "More than 2 GiB of files changed at once: too much to save");
    }
    const commit = /^commit ([0-9a-f]{40,64})$/m.exec(head)?.[1] ?? null;
    const omitted = splitAtNul(stdout.subarray(end + 2))
      .slice(0, MAX_OMITTED)
      .map(pathText);
    return { tree, commit, omitted };
  }

  /** The commit that a revert restores. @returns null if no path is in either. */
  async target(
    newest: string,
    earlier: string,
    message: string,
    paths: readonly Buffer[],
  ): Promise<{ tree: string; commit: string } | null> {
    const { stdout } = await this.#expectSuccess({
      script: SCRIPTS.target,
      arguments: [newest, earlier, message],
      input: withNul(paths),
      timeoutMs: READ_MS,
      maxOutputBytes: MIB,
    });
    const text = stdout.toString("latin1");
    if (text.startsWith("no-path")) return null;
    const found = /^tree ([0-9a-f]+)\ncommit ([0-9a-f]+)$/m.exec(text);
    if (found?.[1] === undefined || found[2] === undefined) throw new Error(`git said ${text}`);
    return { tree: found[1], commit: found[2] };
  }

  /**
   * Gives the workspace a commit's files.
   * @param saved the newest checkpoint; null to complete a restore that was cut off.
   * @returns paths in the way, if any: then nothing has changed.
   */
  async restore(commit: string, saved: string | null): Promise<string[]> {
    const { stdout } = await this.#expectSuccess({
      script: SCRIPTS.restore,
      arguments: [commit, saved ?? ""],
      workspace: this.#places.workspace,
      writesWorkspace: true,
      timeoutMs: RESTORE_MS,
      maxOutputBytes: MAX_NAMES_BYTES,
    });
    const heading = "in-the-way\n";
    if (!stdout.toString("latin1", 0, heading.length).startsWith(heading)) return [];
    return splitAtNul(stdout.subarray(heading.length)).map(pathText);
  }

  async changes(from: string, to: string): Promise<{ files: ChangedFile[]; truncated: boolean }> {
    const { stdout } = await this.#expectSuccess({
      script: SCRIPTS.changes,
      arguments: [from, to, String(MAX_CHANGED_FILES)],
      timeoutMs: READ_MS,
      maxOutputBytes: 2 * MAX_NAMES_BYTES,
    });
    const files = parseRawDiff(stdout);
    return { files: files.slice(0, MAX_CHANGED_FILES), truncated: files.length > MAX_CHANGED_FILES };
  }

  /** @param paths none: all. */
  async diff(
    from: string,
    to: string,
    paths: readonly Buffer[],
  ): Promise<{ diff: string; truncated: boolean }> {
    const maxBytes = paths.length === 0 ? MAX_WHOLE_DIFF_BYTES : MAX_FILE_DIFF_BYTES;
    const result = await this.#runHere({
      script: SCRIPTS.diff,
      arguments: [from, to, String(maxBytes)],
      input: withNul(paths),
      timeoutMs: READ_MS,
      maxOutputBytes: maxBytes + MIB,
    });
    const isLate = result.code === 124;
    return diffText((isLate ? result : requireSuccess(result)).stdout, { maxBytes, isCut: isLate });
  }

  /**
   * Finds what a commit would publish otherwise than a checkpoint has it.
   * @param changed `MODE HASH PATH` of each path that it changes, each with NUL; zeros where it is gone
   */
  async unshown(checkpoint: string, changed: Uint8Array): Promise<string[]> {
    const { stdout } = await this.#expectSuccess({
      script: SCRIPTS.unshown,
      arguments: [checkpoint, String(MAX_OMITTED)],
      input: Buffer.from(changed),
      timeoutMs: READ_MS,
      maxOutputBytes: MAX_NAMES_BYTES,
    });
    return splitAtNul(stdout).map(pathText).toSorted();
  }

  /** Packs what is loose, and forgets the oldest checkpoints of a repository that has grown too large. */
  async tidy(signal?: AbortSignal): Promise<void> {
    await this.#expectSuccess({
      script: SCRIPTS.tidy,
      arguments: [String(MAX_REPOSITORY_BYTES / 1_024)],
      timeoutMs: SAVE_MS,
      maxOutputBytes: MIB,
      signal,
    });
  }

  async #expectSuccess(script: PlacedScript): Promise<GitScriptResult> {
    return requireSuccess(await this.#runHere(script));
  }

  #runHere({ workspace = null, writesWorkspace = false, ...script }: PlacedScript): Promise<GitScriptResult> {
    const { repository, borrowed } = this.#places;
    return this.#run({ ...script, workspace, writesWorkspace, repository, borrowed });
  }
}

type Place = "repository" | "borrowed" | "workspace" | "writesWorkspace";
type PlacedScript = Omit<GitScript, Place> & Partial<Pick<GitScript, "workspace" | "writesWorkspace">>;

function withNul(paths: readonly Buffer[]): Buffer {
  return Buffer.concat(paths.flatMap((path) => [path, Buffer.of(0)]));
}

function requireSuccess(result: GitScriptResult): GitScriptResult {
  if (result.code === 0) return result;
  if (result.code === EXIT_GONE) {
    throw new TrunklineError("not_found", "The files of that event are not kept any more");
  }
  throw new Error(
    `git failed (${result.code ?? "ended by a signal"}): ${result.stderr.trim() || "no message"}`,
  );
}
