import type { Project, SessionEvent } from "@trunkline/contract";
import type { Git } from "../git/port.ts";

type EventOf<T extends SessionEvent["type"]> = Extract<SessionEvent, { type: T }>;

/** What prepares a workspace. */
export interface SetupCommand {
  source: "project" | "repository";
  /** For people: the file's name, or the project's setting. */
  shown: string;
  /** For bash. */
  script: string;
  /**
   * The workspace holds what the project itself is based on. Otherwise (another branch, somebody's pull request) its files
   * are not trusted with the project's variables, and nothing of them is kept for others.
   */
  isOwnBase: boolean;
}

const SETUP_FILE = ".trunkline/setup";

/** Passed to bash as one argument, of which Linux takes 128 KiB. */
const MAX_SCRIPT_BYTES = 64 * 1024;

/**
 * The project's setting, else the file in the project's own base: never the one of a session's other base, or of its
 * workspace, which whoever opened a pull request, or the agent, may have written.
 * @param mirror the project's repository, which only this server writes.
 * @returns null if there is neither.
 */
export async function findSetupCommand(
  git: Pick<Git, "own">,
  mirror: string,
  project: Project,
  {
    created,
    prepared,
  }: { created: EventOf<"session.created"> | undefined; prepared: EventOf<"workspace.prepared"> },
): Promise<SetupCommand | null> {
  const { baseCommit } = prepared.data;
  const asked = created?.data.baseRef;
  const own = await ownBase(git, mirror, project.baseRef);
  const isOwnBase = asked === undefined || asked === project.baseRef || (own !== null && baseCommit === own);
  if (project.setup !== null) {
    return { source: "project", shown: project.setup, script: project.setup, isOwnBase };
  }
  const commit = isOwnBase ? (baseCommit ?? own) : own;
  const script = commit === null ? null : await readSetupFile(git, mirror, commit);
  return script === null ? null : { source: "repository", shown: SETUP_FILE, script, isOwnBase };
}

/** @param baseRef null: the mirror's own current branch. */
async function ownBase(
  git: Pick<Git, "own">,
  mirror: string,
  baseRef: string | null,
): Promise<string | null> {
  const names = baseRef === null ? ["HEAD"] : [`refs/heads/${baseRef}`, `refs/tags/${baseRef}`, baseRef];
  for (const name of names) {
    const { code, stdout } = await git.own({
      args: ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`],
      directory: mirror,
      accept: [0, 1, 128],
    });
    if (code === 0) return stdout.toString().trim();
  }
  return null;
}

async function readSetupFile(git: Pick<Git, "own">, mirror: string, commit: string): Promise<string | null> {
  const { stdout } = await git.own({
    args: ["ls-tree", "-z", "--long", commit, "--", SETUP_FILE],
    directory: mirror,
  });
  // A link is none: where it leads is not decided by the base alone.
  const [, object = null, size = "0"] =
    /^100(?:644|755) blob ([0-9a-f]+) +(\d+)\t/.exec(stdout.toString()) ?? [];
  if (object === null || Number(size) > MAX_SCRIPT_BYTES) return null;
  return (await git.own({ args: ["cat-file", "blob", object], directory: mirror })).stdout.toString();
}
