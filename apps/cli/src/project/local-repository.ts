import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { gitEnvironment } from "./git-environment.ts";

const run = promisify(execFile);

/** The user's own repository on this machine. */
export interface LocalRepository {
  /** Its top directory, without symbolic links. */
  path: string;
  /** What is checked out; null: no branch. */
  branch: string | null;
}

/**
 * @returns the repository that a directory belongs to; null if it belongs to none. @throws CommandError for a linked worktree, and
 * where git refuses to look because of who owns it
 */
export async function findRepository(directory: string): Promise<LocalRepository | null> {
  // One by one: a path may hold a line break.
  const top = await read(directory, "rev-parse", "--show-toplevel").catch(refuseOthers);
  const own = await git(directory, "rev-parse", "--absolute-git-dir");
  const common = await git(directory, "rev-parse", "--git-common-dir");
  if (top === null || top === "" || own === null || common === null) return null;
  const branch = await git(directory, "symbolic-ref", "--quiet", "--short", "HEAD");
  const shared = await realpath(common.startsWith("/") ? common : `${directory}/${common}`);
  if (shared !== (await realpath(own))) {
    const named = branch === null ? "" : ` --base ${branch}`;
    throw new CommandError(
      EXIT.usage,
      `${top} is a linked worktree. Use the repository that it belongs to: -C ${dirname(shared)}${named}, or --no-project.`,
    );
  }
  return { path: await realpath(top), branch };
}

/** @returns how many files have changes that are not committed, new ones included; ignored ones are not counted */
export async function countUncommitted({ path }: LocalRepository): Promise<number> {
  const found = await git(path, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all");
  return (found ?? "").split("\0").filter((entry) => entry !== "").length;
}

/** @returns the address of `origin`, without a password; null if there is none. */
export async function originOf({ path }: LocalRepository): Promise<string | null> {
  const url = await git(path, "remote", "get-url", "origin");
  if (url === null || url === "") return null;
  const parsed = URL.parse(url);
  if (parsed === null || parsed.password === "") return url;
  parsed.password = "";
  parsed.username = "";
  return parsed.href;
}

/** git-config(1), safe.directory: whoever owns a repository can have git run programs there. */
function refuseOthers(error: unknown): null {
  const [, advice] =
    /dubious ownership[^]*?(git config --global --add safe\.directory .+)/.exec(String(error)) ?? [];
  if (advice === undefined) return null;
  throw new CommandError(
    EXIT.failed,
    `The repository belongs to another user, so git does not use it. If you trust it: ${advice.trim()}`,
  );
}

/** @returns its output; null if it fails, e.g. because there is no repository or no git */
async function git(directory: string, ...args: string[]): Promise<string | null> {
  return read(directory, ...args).catch(() => null);
}

/** Reads only: no lock is taken, so the index is not even refreshed, and no watcher that the repository names is started. */
async function read(directory: string, ...args: string[]): Promise<string> {
  const options = ["--no-optional-locks", "-c", "core.fsmonitor=false", "-C", directory];
  const { stdout } = await run("git", [...options, ...args], {
    env: gitEnvironment(),
    maxBuffer: 64 * 1_048_576,
  });
  return stdout.replace(/\n$/, "");
}
