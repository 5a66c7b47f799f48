import { join } from "node:path";
import { type Project, type SessionEvent, TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";
import { v7 as uuidv7 } from "uuid";
import type { Git } from "../git/port.ts";
import type { Networks } from "../network/port.ts";
import type { Store } from "../store/port.ts";
import type { RunShell } from "../tools/port.ts";
import { CLEAN_SCRIPT } from "./cache-scripts.ts";
import type { SetupRun, Setups } from "./port.ts";
import type { SetupCache } from "./setup-cache.ts";
import { Refusals } from "./refusals.ts";
import { findSetupCommand, type SetupCommand } from "./setup-command.ts";
import { setupKey } from "./setup-key.ts";

export interface SetupsDeps {
  store: Pick<Store, "events" | "projects">;
  git: Pick<Git, "own">;
  shell: RunShell;
  networks: Pick<Networks, "open">;
  cache: SetupCache;
  /** The project's repository. */
  mirrorOf: (projectId: string) => string;
  /** Where a project's kept setups are. */
  cacheOf: (projectId: string) => string;
  /** Variables that the operator offers to projects. */
  offered: Readonly<Record<string, string>>;
  /** Changes with the system and its toolchains. */
  image: string;
  logger: Logger;
  /** Integer ms since the epoch. */
  now: () => number;
  timeoutMs?: number;
}

/** A large project's dependencies over a slow network. */
const DEFAULT_TIMEOUT_MS = 1_800_000;

const CLEAN_LIMIT_MS = 300_000;

type Prepared = Extract<SessionEvent, { type: "workspace.prepared" }>;

/** A setup that is due. */
interface Due {
  project: Project;
  prepared: Prepared;
  command: SetupCommand;
  mirror: string;
  /** Nobody has worked in the workspace yet: whatever is in it beside the base is of an earlier setup. */
  isPristine: boolean;
  /** Nothing of it may be kept for others. */
  isPrivate: boolean;
}

export function createSetups(deps: SetupsDeps): Setups {
  return {
    async prepare(run) {
      const due = await findDue(deps, run);
      if (due === null) return;
      run.signal.throwIfAborted();
      await setUp(deps, due, run);
    },
  };
}

/** @returns null if the workspace needs none, or has had it. */
async function findDue(
  { store, git, mirrorOf }: SetupsDeps,
  { sessionId, ownerId }: Pick<SetupRun, "sessionId" | "ownerId">,
): Promise<Due | null> {
  const { events } = store;
  const prepared = await events.last(sessionId, ["workspace.prepared"]);
  const projectId = prepared?.data.projectId;
  if (prepared === undefined || projectId === undefined || prepared.data.kind !== "clone") return null;
  const ended = await events.last(sessionId, ["setup.ended"]);
  if (ended !== undefined && ended.seq > prepared.seq && ended.data.status === "succeeded") return null;
  const worked = await events.last(sessionId, ["step.started"]);
  // Whoever gives a project a setup later does not mean the workspaces in which work has begun.
  if (worked !== undefined && worked.seq > prepared.seq) return null;
  const project = await store.projects.find(projectId);
  // No longer shared: its variables are not for this session any more.
  if (project === undefined || (project.ownerId !== ownerId && !project.shared)) return null;
  const created = await events.last(sessionId, ["session.created"]);
  const mirror = mirrorOf(projectId);
  const command = await findSetupCommand(git, mirror, project, { created, prepared });
  if (command === null) return null;
  const isForked = (await events.last(sessionId, ["session.forked"])) !== undefined;
  // Work that was archived is somebody's, as a fork's files are.
  const hasWork = isForked || prepared.data.archived !== undefined;
  return {
    project,
    prepared,
    command,
    mirror,
    isPristine: !hasWork,
    isPrivate: hasWork || !command.isOwnBase || created?.data.includeUncommitted === true,
  };
}

async function setUp(deps: SetupsDeps, due: Due, run: SetupRun): Promise<void> {
  const { shell, cache, cacheOf, now, logger } = deps;
  const { project, prepared, command, mirror, isPristine, isPrivate } = due;
  const { sessionId, workspace, signal, record } = run;
  const setupId = uuidv7();
  const startedAt = now();
  const commit = prepared.data.baseCommit;
  const directory = cacheOf(project.id);
  // Without them git would find the clone broken.
  const borrowed = [join(mirror, "objects")];
  const key =
    commit === undefined ? null : await setupKey(deps.git, mirror, { command, commit, image: deps.image });
  await record([
    { type: "setup.started", data: { setupId, source: command.source, command: command.shown } },
  ]);
  if (isPristine) await clean(shell, run, borrowed);
  // What another base's files can read must not hold what the project's own variables may have left.
  if (key !== null && command.isOwnBase) {
    const kept = await cache.restore(directory, key, { workspace, keepsFiles: !isPristine, signal });
    if (kept === "restored") {
      const durationMs = Math.max(0, now() - startedAt);
      const data = {
        setupId,
        status: "succeeded",
        exitCode: null,
        output: "",
        durationMs,
        cached: true,
      } as const;
      await record([{ type: "setup.ended", data }]);
      return;
    }
    if (kept === "unusable" && isPristine) await clean(shell, run, borrowed);
  }
  await runCommand(deps, due, run, { setupId, startedAt, borrowed });
  if (key === null || isPrivate) return;
  const problem = await cache
    .save(directory, key, { workspace, readOnly: borrowed, signal })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      return error instanceof Error ? error.message : String(error);
    });
  if (problem !== null)
    logger.info({ sessionId, projectId: project.id, problem }, "a setup's result is not kept");
}

/** @throws TrunklineError `setup_failed` */
async function clean(
  shell: RunShell,
  { workspace, signal }: Pick<SetupRun, "workspace" | "signal">,
  borrowed: readonly string[],
): Promise<void> {
  const { succeeded, problem } = await shell({
    script: CLEAN_SCRIPT,
    directory: workspace,
    readOnly: borrowed,
    network: "off",
    timeoutMs: CLEAN_LIMIT_MS,
    signal,
  });
  signal.throwIfAborted();
  if (succeeded) return;
  throw new TrunklineError(
    "setup_failed",
    `What an earlier setup has left in the workspace could not be removed: ${problem}. Retry the setup, or start another session`,
  );
}

/** @throws TrunklineError `setup_failed` */
async function runCommand(
  { shell, networks, offered, now, timeoutMs = DEFAULT_TIMEOUT_MS }: SetupsDeps,
  { project, command }: Due,
  run: SetupRun,
  { setupId, startedAt, borrowed }: { setupId: string; startedAt: number; borrowed: readonly string[] },
): Promise<void> {
  const { workspace, signal } = run;
  const names = command.isOwnBase ? project.environment.filter((name) => offered[name] !== undefined) : [];
  const { sessionId, ownerId } = run;
  const refusals = new Refusals(run);
  await using network = await networks.open({
    sessionId,
    ownerId,
    onRefused: (refusal) => refusals.add(refusal),
  });
  const ended = await shell({
    script: command.script,
    directory: workspace,
    readOnly: borrowed,
    ownerId,
    network: network.access,
    variables: Object.fromEntries(names.map((name) => [name, offered[name] ?? ""])),
    timeoutMs,
    signal,
    progress: async (chunk) => run.progress({ setupId, chunk }),
  });
  await refusals.recorded();
  // Whoever ends the run says how the setup ended.
  signal.throwIfAborted();
  const { succeeded, exitCode, output, omittedBytes, problem } = ended;
  await run.record([
    {
      type: "setup.ended",
      data: {
        setupId,
        status: succeeded ? "succeeded" : "failed",
        exitCode,
        output,
        ...(omittedBytes > 0 && { omittedBytes }),
        durationMs: Math.max(0, now() - startedAt),
        cached: false,
      },
    },
  ]);
  if (succeeded) return;
  const place =
    command.source === "project" ? "the project's setup" : `${command.shown} in the project's base branch`;
  const note = network.note();
  const why = [problem ?? "it did not succeed", ...(note === null ? [] : [note])].join("; ");
  throw new TrunklineError(
    "setup_failed",
    `The setup of the workspace failed: ${why}. Its output says why. Fix ${place}, then retry the setup`,
  );
}
