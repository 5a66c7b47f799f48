import { TrunklineError } from "@trunkline/contract";
import { type Git, GitError, type GitRun } from "../git/port.ts";
import { printable } from "../common/printable.ts";
import type { OpenRemote, Remote } from "./port.ts";
import type { PrivateRepository } from "./private-repository.ts";

/** What a repository has. */
interface RemoteRefs {
  /** The branch that its HEAD names; null: unknown. */
  defaultBranch: string | null;
  /** Commit of the branch asked for; null: there is no such branch. */
  commit: string | null;
}

const TIMEOUT_MS = 600_000;
/** Its list of branches and tags need not end. */
const LIST_MEMORY = 268_435_456;

interface PushRequest {
  branch: string;
  commit: string;
  /** Never pushed to, beside the repository's own default. */
  bases: readonly string[];
}

/**
 * Pushes one commit to one branch, from the private repository. Replaces only what this session has pushed itself, or what the
 * commit has in its history: git refuses the push where somebody was faster. @returns the repository's own default branch; null:
 * unknown. @throws TrunklineError `branch_moved`,
 * `credential_rejected`, `remote_failed`, or `validation_failed` for a branch that sessions don't push to
 */
export async function push(
  git: Git,
  repository: PrivateRepository,
  { remote, redact }: Pick<OpenRemote, "remote" | "redact">,
  { branch, commit, bases }: PushRequest,
  signal: AbortSignal,
): Promise<{ defaultBranch: string | null }> {
  const run = async (args: readonly string[], limits: Pick<GitRun, "memoryBytes"> = {}) =>
    git
      .own({
        ...transport(remote),
        ...limits,
        args,
        directory: repository.directory,
        timeoutMs: TIMEOUT_MS,
        signal,
      })
      .catch((error: unknown) => {
        throw remoteProblem(error, redact);
      });
  const list = ["ls-remote", "--symref", remote.url, "HEAD", `refs/heads/${branch}`];
  const { stdout } = await run(list, { memoryBytes: LIST_MEMORY });
  const refs = readRefs(stdout.toString(), branch);
  if (refs.defaultBranch === branch || bases.includes(branch)) {
    throw new TrunklineError(
      "validation_failed",
      `${branch} is the branch that work is merged into; sessions never push to it. Choose another, or leave it out`,
    );
  }
  const { defaultBranch } = refs;
  if (refs.commit === commit) return { defaultBranch };
  const isOurs =
    refs.commit === null ||
    (await repository.hasPushed(refs.commit)) ||
    ((await repository.has(refs.commit)) && (await repository.isAncestor(refs.commit, commit)));
  if (!isOurs) throw branchMoved(branch);
  await repository.willPush(commit);
  await run([
    "push",
    "--quiet",
    "--porcelain",
    "--no-verify",
    "--no-signed",
    "--no-follow-tags",
    "--recurse-submodules=no",
    `--force-with-lease=refs/heads/${branch}:${refs.commit ?? ""}`,
    remote.url,
    `${commit}:refs/heads/${branch}`,
  ]).catch((error: unknown) => {
    const isStale =
      error instanceof TrunklineError &&
      error.cause instanceof GitError &&
      /stale info/.test(saidBy(error.cause));
    throw isStale ? branchMoved(branch) : error;
  });
  return { defaultBranch };
}

function transport({ protocol, environment, configuration }: Remote): Partial<GitRun> {
  return {
    ...(protocol && { protocol }),
    ...(environment && { environment }),
    ...(configuration && { configuration }),
  };
}

export function branchMoved(branch: string): TrunklineError {
  return new TrunklineError(
    "branch_moved",
    `${branch} has commits there that this session has not published, so nothing was pushed. Publish under another name ` +
      "(branch), or ask the agent to start from those commits",
  );
}

/** Reads `git ls-remote --symref`. */
function readRefs(output: string, branch: string): RemoteRefs {
  let defaultBranch: string | null = null;
  let commit: string | null = null;
  for (const line of output.split("\n")) {
    const [what = "", name] = line.split("\t");
    if (name === "HEAD" && what.startsWith("ref: refs/heads/")) defaultBranch = what.slice(16);
    else if (name === `refs/heads/${branch}` && /^[0-9a-f]{40,64}$/.test(what)) commit = what;
  }
  return { defaultBranch, commit };
}

function saidBy(error: GitError): string {
  return `${error.stderr}\n${error.message}`;
}

/** Longest piece of a host's own words in a message, in UTF-16 code units. */
const MAX_WORDS = 300;

/** What a host's refusal means, in words that say what to do. @returns the error itself where it is another */
function remoteProblem(error: unknown, redact: (text: string) => string): unknown {
  if (!(error instanceof GitError) || error.failure === "unavailable") return error;
  const said = redact(error.stderr);
  const refused = (reason: "credential_rejected" | "remote_failed", message: string): TrunklineError =>
    new TrunklineError(reason, message, { cause: error });
  if (
    /Authentication failed|could not read (Username|Password)|Permission denied \(|returned error: 401\b/i.test(
      said,
    )
  ) {
    return refused(
      "credential_rejected",
      "The repository's host rejects the project's credential, or needs one: set a new one, then publish again",
    );
  }
  if (/Host key verification failed/i.test(said)) {
    return refused(
      "credential_rejected",
      "The repository's host shows another ssh key than the project's credential has: check who it is, then set the " +
        "credential again with its new key",
    );
  }
  if (/returned error: 403\b|denied to|not allowed to push|insufficient permission|read.only/i.test(said)) {
    return refused(
      "credential_rejected",
      `The project's credential may not push there${words(said)}. Give it write access to the repository`,
    );
  }
  if (/\[remote rejected\]|protected branch|pre-receive hook declined|remote: error/i.test(said)) {
    return refused("remote_failed", `The repository's host refused the push${words(said)}`);
  }
  const isSlow = error.failure === "timeout";
  return refused(
    "remote_failed",
    isSlow
      ? `The repository's host did not finish in ${TIMEOUT_MS / 60_000} minutes`
      : `The push failed${words(said)}`,
  );
}

/** The last lines of what git and the host said, without addresses that could hold a credential. */
function words(stderr: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.replace(/^(remote|fatal|error):\s*/, "").trim())
    .filter((line) => line !== "");
  const text = printable(lines.slice(-4).join("; ")).replaceAll(/:\/\/[^@/\s]+@/g, "://");
  return text === "" ? "" : `: ${text.slice(0, MAX_WORDS)}`;
}
