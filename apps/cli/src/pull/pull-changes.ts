import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { downloadPatch, type TrunklineClient } from "@trunkline/client";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { gitEnvironment } from "../project/git-environment.ts";
import { oneLine } from "../terminal/plain-text.ts";

const run = promisify(execFile);

interface PullRequest {
  sessionId: string;
  /** Top directory of the user's repository. */
  repository: string;
  signal: AbortSignal;
}

/** Applies a session's changes to the files of a repository, all of them or none; nothing is committed. */
export async function applyChanges(client: TrunklineClient, request: PullRequest): Promise<void> {
  await withPatch(client, request, async ({ file }) => {
    await git(request, "apply", "--whitespace=nowarn", file).catch((error: unknown) => {
      throw failed(`Nothing was changed: the changes do not fit ${request.repository}`, error);
    });
  });
}

/**
 * Makes a session's commits a branch of a repository, on the commit that the session started from. What is checked out, its
 * index and its files stay as they are: the commits are made in a directory of their own.
 * @throws CommandError if there is such a branch, or that commit is missing
 */
export async function pullBranch(
  client: TrunklineClient,
  request: PullRequest,
  branch: string,
): Promise<{ commit: string }> {
  const taken = await git(request, "rev-parse", "--verify", "--quiet", `refs/heads/${branch}`).catch(
    () => null,
  );
  if (taken !== null) {
    throw new CommandError(
      EXIT.failed,
      `There is a branch ${oneLine(branch)} already. Choose another name: --branch NAME`,
    );
  }
  return withPatch(client, request, async ({ file, base, directory }) => {
    await git(request, "cat-file", "-e", `${base}^{commit}`).catch(() => {
      throw new CommandError(
        EXIT.failed,
        `${request.repository} does not have the commit that the session started from (${base.slice(0, 12)}). Run git fetch, ` +
          "or use --apply",
      );
    });
    const tree = join(directory, "tree");
    await git(request, "worktree", "add", "--quiet", "--detach", tree, base);
    try {
      const inTree = { ...request, repository: tree };
      await git(inTree, "am", "--quiet", "--keep-cr", "--whitespace=nowarn", file).catch((error: unknown) => {
        throw failed("The session's commits can't be made here", error);
      });
      const commit = await git(inTree, "rev-parse", "HEAD");
      await git(request, "branch", "--no-track", "--", branch, commit).catch((error: unknown) => {
        throw failed(`The branch ${oneLine(branch)} can't be made`, error);
      });
      return { commit };
    } finally {
      await git({ ...request, signal: AbortSignal.timeout(60_000) }, "worktree", "remove", "--force", tree);
    }
  });
}

async function withPatch<T>(
  client: TrunklineClient,
  { sessionId, signal }: PullRequest,
  use: (patch: { file: string; base: string; directory: string }) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-pull-"));
  try {
    const file = join(directory, "changes.patch");
    await pipeline(await downloadPatch(client, { sessionId }), createWriteStream(file), { signal });
    if ((await stat(file)).size === 0)
      throw new CommandError(EXIT.failed, "The session has changed nothing.");
    // git-format-patch(1), --base
    const base = /^base-commit: ([0-9a-f]{40,64})$/m.exec(await readFile(file, "latin1"))?.[1];
    if (base === undefined) throw new CommandError(EXIT.failed, "The server is too old for this: update it.");
    return await use({ file, base, directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** As the user, but no hook runs for what an agent has written. */
async function git({ repository, signal }: PullRequest, ...args: string[]): Promise<string> {
  const options = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-C", repository];
  const { stdout } = await run("git", [...options, ...args], {
    env: gitEnvironment(),
    signal,
    maxBuffer: 64 * 1_048_576,
  });
  return stdout.trim();
}

function failed(what: string, error: unknown): Error {
  if (!(error instanceof Error) || !("stderr" in error))
    return error instanceof Error ? error : new Error(what);
  const [said = ""] = String(error.stderr).trim().split("\n");
  return new CommandError(EXIT.failed, `${what}: ${oneLine(said.replace(/^(error|fatal): /, ""))}`);
}
