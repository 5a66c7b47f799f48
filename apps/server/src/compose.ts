import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Services } from "@trunkline/contract";
import type { Logger } from "pino";
import { systemClock } from "./agent/clock.ts";
import { createRunTask } from "./agent/loop.ts";
import { createModelRegistry } from "./agent/models/registry.ts";
import { openBlobFiles } from "./blobs/blob-files.ts";
import { createBlobs } from "./blobs/blobs.ts";
import { createAuth } from "./auth/auth.ts";
import { SeveralUsers } from "./auth/several-users.ts";
import { runGitScripts } from "./checkpoints/run-git-scripts.ts";
import { createCompute } from "./compute/pool.ts";
import { composeCore } from "./compose-core.ts";
import { openSharedDirectory, openSharedDispatcher } from "./compose-shared.ts";
import type { Config } from "./config.ts";
import { readServerRecord, removeServerRecord, writeServerRecord } from "./data-dir.ts";
import { createHttpServer } from "./http/server.ts";
import { openGit } from "./git/open-git.ts";
import { noHints } from "./hints/no-hints.ts";
import { createInstructions } from "./instructions/instructions.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { createLogger } from "./ops/logger.ts";
import { releaseMemoryWhenQuiet } from "./ops/release-memory.ts";
import { parseHostList } from "./network/host-list.ts";
import { createNetworks } from "./network/networks.ts";
import type { Networks } from "./network/port.ts";
import { SessionRules } from "./network/session-rules.ts";
import { SessionHosts } from "./network/session-hosts.ts";
import { publicWeb } from "./network/public-web.ts";
import { createOutbox } from "./outbox/outbox.ts";
import type { Runner } from "./runner/port.ts";
import { forgetProcesses, openProcessLedger } from "./runner/process-ledger.ts";
import { createRedactor } from "./secrets/redactor.ts";
import { createEventRedactor } from "./secrets/redact-event.ts";
import { createAuditService } from "./services/audit.ts";
import { createAgentService } from "./services/agents.ts";
import { createBlobService } from "./services/blobs.ts";
import { createProjectService } from "./services/projects.ts";
import { createPublicationService } from "./services/publications.ts";
import { createSearchService } from "./services/search.ts";
import { createNetworkService } from "./services/session-network.ts";
import { createServerService } from "./services/server-info.ts";
import { createTokenService } from "./services/tokens.ts";
import { createUserService } from "./services/users.ts";
import { createWorkspaceService } from "./services/workspaces.ts";
import { SteadyClock } from "./steady-clock.ts";
import type { Store } from "./store/port.ts";
import { isMarkedRestored, unmarkRestored } from "./store/backup/restore-mark.ts";
import { lockDataDir } from "./store/sqlite/data-dir-lock.ts";
import { openEngine } from "./store/open-engine.ts";
import { copyWorkspace } from "./tools/files/copy-workspace.ts";
import { workspaceFiles } from "./tools/files/workspace-files.ts";
import { createWorkspaceReader } from "./tools/files/workspace-reader.ts";
import { createBareSpawner } from "./tools/process/bare-spawner.ts";
import { reapLeftovers } from "./tools/process/leftovers.ts";
import { createTools, type ToolsDeps, toolsByNetwork } from "./tools/registry.ts";
import { openSandbox, type SandboxChoice } from "./tools/sandbox/open-sandbox.ts";
import { EventLoopTurns } from "./turns/event-loop-turns.ts";
import { findProgram } from "./tools/sandbox/find-program.ts";
import { findHostToolchains } from "./tools/sandbox/host-toolchains.ts";
import { findSystemMounts, SHOWN_DIRECTORIES } from "./tools/sandbox/system-mounts.ts";
import { borrowingSpawner, createBorrowedBy } from "./workspaces/borrowing.ts";
import { createFindUnpublishedWork } from "./workspaces/unpublished-work.ts";
import { startWeb, WEB_ENTRY } from "./web/start-web.ts";
import { prepareWebSandbox } from "./web/web-sandbox.ts";
import { composeProjects } from "./compose-projects.ts";

export interface RunningServer {
  /** Starts no more tasks, and waits until those that run have ended, or for this long, in ms. */
  drain(waitMs: number): Promise<void>;
  url: string;
  /** A link that signs a browser in, once. */
  signInUrl: string;
  /** A link that lets the user in again whom the operator named. */
  recovery: { userName: string; url: string } | null;
}

export interface ComposeOptions {
  config: Config;
  version: string;
  /** What was started is noted here, so that the caller ends it, also where the start fails half-way. */
  lifecycle: Lifecycle;
  /** Called when nothing more can be committed: the process must end. */
  onFatal: (error: Error) => void;
}

/** Puts the rooms together, on a data directory that is prepared; the one place that knows them all. @throws what keeps the server from starting. */
export async function startServer(options: ComposeOptions): Promise<RunningServer> {
  const { config, version, lifecycle, onFatal } = options;
  const redactor = createRedactor(config.secrets);
  const logger = createLogger({ level: config.logLevel, redactor });

  const lock = await lockDataDir(config.dataDir);
  lifecycle.started("data directory", () => lock[Symbol.dispose]());

  const clock = new SteadyClock();
  const compute = createCompute({ logger });
  lifecycle.started("compute", async () => compute.close());
  // Removed by a server that stops in order.
  const previous = await readServerRecord(config.dataDir);
  const {
    store,
    search,
    consumers,
    hints = noHints,
  } = await openEngine({
    ...config,
    uncleanStop: previous !== undefined,
    compute,
    logger,
    now: clock.now,
    onFatal,
  });
  lifecycle.started("store", async () => store.close());
  const { now } = store;
  const [last] = await store.audit.page({ limit: 1 });
  if (last !== undefined) clock.notBefore(last.at);
  const sharedDirectory = await openSharedDirectory(config, store, logger);
  if (sharedDirectory !== null) {
    lifecycle.started("shared directory", async () => sharedDirectory.stop());
  }

  const turns = new EventLoopTurns();
  const models = await createModelRegistry(config.models, {
    warn: (message) => logger.warn(message),
    info: (message) => logger.info(message),
  });
  lifecycle.started("models", async () => models.stop());
  const processes = await adoptProcesses(config, logger);
  const { webFetch } = config;
  const path = config.toolEnvironment["PATH"] ?? "";
  const host = await findHostToolchains({ home: homedir(), path, covered: SHOWN_DIRECTORIES });
  const environment = { ...config.toolEnvironment, ...host.environment, PATH: host.path };
  const sandbox = await openSandbox({
    ...config,
    ...processes,
    path: host.path,
    toolchains: host.mounts,
    isShared: () => store.users.areSeveral(),
    logger,
  });
  const spawner = borrowingSpawner(
    sandbox.spawner,
    config.sharedDir,
    createBorrowedBy(store, config.sharedDir),
  );
  const git = await openGit({
    sandboxed: spawner,
    own: createBareSpawner(processes),
    program: await findProgram("git", environment["PATH"] ?? ""),
    path: environment["PATH"] ?? "",
    dataDir: config.dataDir,
    logger,
  });
  const networks = await openNetworks(config, store, sandbox);
  const toolsDeps: ToolsDeps = {
    spawner,
    environment,
    webFetch,
    compute,
    connect: publicWeb,
    networks,
    redactor,
    canAsk: config.approvals.mode !== "never",
  };
  const tools = createTools(toolsDeps, config.network.mode);
  const findUnpublishedWork = createFindUnpublishedWork({ ...config, git });
  const severalUsers = new SeveralUsers({ store, hints, logger });
  await severalUsers.start();
  lifecycle.started("several users", async () => severalUsers.stop());
  const projects = await composeProjects({
    config,
    store,
    git,
    networks,
    spawner,
    environment,
    programs: host.programs,
    isShared: () => severalUsers.current,
    lifecycle,
    logger,
    now,
  });
  const core = composeCore({
    store,
    hints,
    ...(config.databaseUrl !== undefined && {
      dispatcher: await openSharedDispatcher(config.databaseUrl, {
        config,
        store,
        hints,
        isShared: () => severalUsers.current,
        logger,
      }),
    }),
    dataDir: config.dataDir,
    sharedDir: config.sharedDir,
    models,
    runTask: createRunTask({
      clock: { ...systemClock, date: now },
      instructions: createInstructions(createWorkspaceReader()),
      ownersWords: projects.settings.instructionsOf,
    }),
    tools: toolsByNetwork(toolsDeps, projects.settings.environmentOf),
    setups: projects.setups,
    turns,
    compute,
    concurrency: config.concurrency,
    isShared: () => severalUsers.current,
    approvals: config.approvals,
    workspaces: projects.workspaces,
    redact: createEventRedactor(redactor),
    copyWorkspace,
    ...(git.version !== null && { runGitScript: runGitScripts(git) }),
    findUnpublishedWork,
    logger,
    now,
    node: config.node,
    predecessor: previous?.nodeId,
  });
  const { approvals, runner, audit } = core;
  const outbox = createOutbox({ store: store.outbox, consumers, logger, now });
  await outbox.start();
  lifecycle.started("outbox", async () => outbox.stop());
  await core.spool.clear();
  core.relay.start();
  lifecycle.started("relay", async () => core.relay.stop());
  lifecycle.started("approvals", async () => approvals.stop());
  lifecycle.started("runner", async () => runner.stop());
  lifecycle.started("abandoned sessions", async () => core.abandoned.stop());
  lifecycle.started("audit trail", async () => audit.close());
  const { dataDir, sharedDir } = config;
  const auth = await createAuth({ store, audit, dataDir, sharedDir, hints, logger, now });

  const blobs = createBlobs({
    store: store.blobs,
    files: await openBlobFiles(join(config.sharedDir, "blobs"), !store.isExclusive),
    logger,
    now,
  });
  lifecycle.started("blobs", async () => blobs.stop());

  const services: Services = {
    ...core.services,
    blobs: createBlobService({ blobs }),
    workspaces: createWorkspaceService({ store, dataDir: config.sharedDir, files: workspaceFiles }),
    projects: createProjectService({
      store,
      audit,
      policy: config.projects,
      checkSource: projects.checkSource,
      vault: projects.vault,
      projectDeleted: async () => projects.sources.sweep(),
      now,
    }),
    publications: createPublicationService({
      ...projects.publishing,
      store,
      log: core.log,
      audit,
      tasks: core.services.tasks,
    }),
    agents: createAgentService({ models, tools, policy: approvals.policy }),
    search: createSearchService(search),
    server: createServerService({
      version,
      models,
      tools,
      sandbox: sandbox.state,
      network: config.network.mode,
      git,
      toolchains: host.programs,
      concurrency: config.concurrency,
      outbox,
      runner,
      audit,
      node: config.node,
    }),
    users: createUserService({
      store,
      findUnpublishedWork,
      dataDir: config.sharedDir,
      auth,
      audit,
      runner,
      checkpoints: core.checkpoints,
      announcer: core.relay,
      nodeId: core.nodeId,
      now,
      usersChanged: async () => severalUsers.changed(),
    }),
    network: createNetworkService({
      store,
      log: core.log,
      audit,
      networks,
      allowing: config.network.allowing,
    }),
    tokens: createTokenService({ store, auth, audit, now }),
    audit: createAuditService({ store }),
  };

  const web =
    config.web === "off"
      ? null
      : startWeb({
          directory: WEB_DIRECTORY,
          mode: config.web === "dev" ? "development" : "production",
          sandbox: await sandboxWeb(config, logger),
          logger,
        });
  if (web !== null) lifecycle.started("web", async () => web.stop(WEB_GRACE_MS));
  const http = createHttpServer({
    config,
    turns,
    services,
    auth,
    audit,
    web,
    logger,
    now,
    sharedLimits: store.limits,
    readiness: {
      store: async () => store.ping(),
      "taking tasks": async () => {
        if (runner.isDraining()) throw new Error("the server is draining");
      },
      ...(sharedDirectory !== null && { "shared directory": async () => sharedDirectory.check() }),
    },
  });
  // Before anybody can import or fork here: what this node fills out of sight is then known to be its own.
  await runner.join();
  const { url } = await http.listen();
  lifecycle.started("http", async () => http.close(HTTP_GRACE_MS));

  await writeServerRecord(config.dataDir, {
    pid: process.pid,
    url,
    startedAt: now(),
    nodeId: core.nodeId,
  });
  lifecycle.started("server record", async () => removeServerRecord(config.dataDir));
  // On PostgreSQL it is the operator who marks the shared directory, with all nodes stopped.
  if (await isMarkedRestored(sharedDir)) {
    await cancelRestoredTasks(store, runner);
    await unmarkRestored(sharedDir);
  }
  await runner.start();
  approvals.start();
  blobs.start();
  // Whoever opens the link is to find the UI; where it does not come up, its page says that it is starting.
  if (web !== null) await Promise.race([web.ready, delay(WEB_PATIENCE_MS, undefined, { ref: false })]);
  core.abandoned.start();
  void projects.sources.sweep();
  releaseMemoryWhenQuiet(logger);

  const { recoverUser: userName } = config;
  const recovery =
    userName === undefined
      ? null
      : { userName, url: `${url}/invite?code=${(await auth.inviteAgain(userName)).code}` };
  const { code } = await auth.createSignInCode("local");
  const drain = async (waitMs: number): Promise<void> => {
    runner.drain();
    await runner.drained(waitMs);
  };
  return { url, drain, recovery, signInUrl: `${url}/sign-in?code=${code}` };
}

/** @throws Error if the network that is set needs a sandbox, and there is none. */
async function openNetworks({ network }: Config, store: Store, sandbox: SandboxChoice): Promise<Networks> {
  const { active, reason } = await sandbox.state();
  if (network.mode === "allowlist" && !active) {
    throw new Error(
      `TRUNKLINE_NETWORK is 'allowlist', which needs the sandbox, and there is none: ${reason ?? "reason unknown"}. ` +
        "Fix that (docs/sandbox.md), or set it to 'on' or 'off'",
    );
  }
  const { mode, isOffForAll, hosts } = network;
  return createNetworks({
    rules: new SessionRules(store, { mode, isOffForAll, listed: parseHostList(hosts) }),
    sessionHosts: new SessionHosts(store),
    connect: publicWeb,
    unfiltered: active ? null : `commands run without a sandbox: ${reason ?? "reason unknown"}`,
  });
}

/** What a backup shows as unfinished may have been done since, elsewhere: it is not done again unasked. */
async function cancelRestoredTasks(store: Store, runner: Runner): Promise<void> {
  for (const taskId of await store.tasks.unfinished("everybody")) {
    await runner.cancel(taskId, { reason: "user", by: "restore" }, 0);
  }
}

/** Ends what an earlier process of this data directory left running, before the first tool starts. */
async function adoptProcesses({ dataDir }: Config, logger: Logger) {
  const directory = join(dataDir, "processes");
  const owner = createHash("sha256")
    .update(await realpath(dataDir))
    .digest("hex")
    .slice(0, 16);
  const { ledger, left } = await openProcessLedger(directory);
  const survivors = await reapLeftovers({ owner, records: left });
  if (survivors.length > 0) logger.error({ pids: survivors }, "processes of an earlier run cannot be ended");
  await forgetProcesses(directory, left);
  return { owner, ledger };
}

/** In development the UI's process compiles, and writes beside its sources. */
async function sandboxWeb({ web, sandbox, dataDir, toolEnvironment }: Config, logger: Logger) {
  if (web === "dev" || sandbox.mode === "off") return null;
  return prepareWebSandbox({
    bwrap: await findProgram("bwrap", toolEnvironment["PATH"] ?? ""),
    system: (await findSystemMounts({ network: false })).arguments,
    directory: WEB_DIRECTORY,
    entry: WEB_ENTRY,
    dataDir,
    logger,
  });
}

const WEB_DIRECTORY = fileURLToPath(new URL("../../web", import.meta.url));
const WEB_GRACE_MS = 2_000;
const WEB_PATIENCE_MS = 10_000;

/** How long requests under way may take once the server is asked to stop, in ms. */
const HTTP_GRACE_MS = 3_000;
