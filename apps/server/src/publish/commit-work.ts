import { join } from "node:path";
import { TrunklineError } from "@trunkline/contract";
import { closedPath, type Git, GitError, type GitResult, type SandboxedGitRun } from "../git/port.ts";
import { printable } from "../common/printable.ts";
import type { SessionWork } from "./port.ts";
import { PACK_TIMEOUT_MS } from "./private-repository.ts";

/**
 * Removes what a git has left that was killed, with its command or with this server: no task works here, and whoever publishes
 * takes turns.
 */
const UNLOCK = `
for name in index HEAD "$(git symbolic-ref -q HEAD)"; do
  [ -z "$name" ] || rm -f -- "$(git rev-parse --git-path "$name").lock"
done
`;

/**
 * Which paths became links to commits, as `:OLDMODE 160000 OLD NEW STATUS` and the path, each with NUL (git-diff-tree(1)). Picked
 * out on the way: an agent may have changed a hundred thousand files.
 */
const NEW_LINKS = String.raw`
set -euo pipefail
git diff-tree -r --raw -z --no-renames "$1" "$2" | sed -z -n '/^:[0-7]* 160000 /{p;n;p;b};n'
`;

/** Who makes the commits of uncommitted work. RFC 2606 keeps `.invalid` free: it is nobody's address. */
const COMMITTER = { name: "Trunkline", email: "trunkline@trunkline.invalid" };

/**
 * Commits what is in the workspace and not in its HEAD, if anything. In the sandbox, since the
 * agent may have changed anything there; and not by `git commit`, which has hooks, editors and templates.
 * @param options.index a directory for an index of its own: branch and index then stay as they are. Null: they go along
 * @returns the commit
 */
export async function commitWork(
  git: Git,
  work: SessionWork,
  { index, signal }: { index: string | null; signal: AbortSignal },
): Promise<string> {
  const inSandbox = async (
    args: readonly string[],
    options: Partial<SandboxedGitRun> = {},
  ): Promise<GitResult> =>
    git.sandboxed({
      args,
      directory: work.directory,
      readOnly: [work.mirror],
      ...(index !== null && { writable: [index] }),
      timeoutMs: PACK_TIMEOUT_MS,
      signal,
      ...options,
    });
  const run = async (...call: Parameters<typeof inSandbox>): Promise<string> =>
    (await inSandbox(...call)).stdout.toString().trim();
  const [head = "", headTree = ""] = (
    await run(["rev-parse", "HEAD^{commit}", "HEAD^{tree}"]).catch((error: unknown) => {
      if (!(error instanceof GitError) || error.failure !== "failed") throw error;
      throw new TrunklineError(
        "validation_failed",
        "The workspace has no commits, or is no git repository any more; download its files instead",
        { cause: error },
      );
    })
  ).split("\n");
  const environment: Record<string, string> = index === null ? {} : { GIT_INDEX_FILE: join(index, "index") };
  if (index === null) await run([], { script: UNLOCK });
  else await run(["read-tree", head], { environment });
  const added = await inSandbox(["add", "--all"], { environment }).catch((error: unknown) => {
    throw error instanceof GitError ? (refusedPath(error.stderr) ?? error) : error;
  });
  const left = refusedPath(added.stderr);
  if (left !== null) throw left;
  const tree = await run(["write-tree"], { environment });
  // Also what the agent has committed itself.
  const nested = newLinks(await run([`${work.baseCommit}^{tree}`, tree], { script: NEW_LINKS }));
  if (nested.length > 0) {
    const submodules = await pathsOfSubmodules(run, tree);
    const stray = nested.find((path) => !submodules.has(path));
    if (stray !== undefined) throw nestedRepository(stray);
  }
  if (tree === headTree) return head;
  const commit = await run(["commit-tree", tree, "-p", head, "-F", "-"], {
    input: `${firstLine(work.title)}\n\nTrunkline-Session: ${work.sessionId}\n`,
    environment: identity(work.author),
  });
  if (index === null) await run(["update-ref", "-m", "trunkline: publish", "HEAD", commit, head]);
  return commit;
}

/** For whoever runs git to make a commit for this author. */
export function identity(author: { name: string; email: string }): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: COMMITTER.name,
    GIT_COMMITTER_EMAIL: COMMITTER.email,
  };
}

/**
 * Paths that became links to commits. `git add` records a nested repository as one, to a commit that nobody else has: its
 * files would be lost without a word.
 */
function newLinks(listed: string): string[] {
  const fields = listed.split("\0");
  return fields.filter((_, index) => index % 2 === 1 && fields[index - 1]?.startsWith(":160000 ") !== true);
}

/** Submodules are links on purpose: their commits are at the address that `.gitmodules` names. */
async function pathsOfSubmodules(
  run: (args: readonly string[], options: Partial<SandboxedGitRun>) => Promise<string>,
  tree: string,
): Promise<ReadonlySet<string>> {
  const args = ["config", "--blob", `${tree}:.gitmodules`, "-z", "--get-regexp", "^submodule[.].*[.]path$"];
  // 1: it names none; 128: there is none, or it can't be read.
  const listed = await run(args, { accept: [0, 1, 128] });
  return new Set(listed.split("\0").map((entry) => entry.slice(entry.indexOf("\n") + 1)));
}

/** @param stderr of `git add` @returns why it has not taken all files; null: it has, as far as it said */
function refusedPath(stderr: string): TrunklineError | null {
  const [, nested] = /'(.+?)\/?' does not have a commit checked out/.exec(stderr) ?? [];
  if (nested !== undefined) return nestedRepository(nested);
  const closed = closedPath(stderr);
  if (closed === null) return null;
  const path = printable(closed);
  return new TrunklineError(
    "validation_failed",
    `${path} can't be read, so it would be left out. Ask the agent to open it (chmod -R u+rwX ${path}) or to remove it, or list it ` +
      "in .gitignore, then publish again",
  );
}

function nestedRepository(name: string): TrunklineError {
  const path = printable(name);
  return new TrunklineError(
    "validation_failed",
    `${path} is a git repository of its own, so its files can't be published. Remove ${path}/.git (and 'git rm --cached ` +
      `${path}' where it is committed), or list ${path} in .gitignore, then publish again`,
  );
}

/** Of a session's title, as a commit's message. */
export function firstLine(title: string): string {
  return printable(title.split("\n")[0] ?? "").trim() || "Work in progress";
}
