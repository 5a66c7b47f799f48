import { findHome } from "../common/find-home.ts";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Services } from "@trunkline/contract";
import { createAuth } from "../auth/auth.ts";
import { SeveralUsers } from "../auth/several-users.ts";
import { runGitScripts } from "../checkpoints/run-git-scripts.ts";
import { createCompute } from "../compute/pool.ts";
import { openBlobs } from "./blobs.ts";
import { composeCore } from "./core.ts";
import { filesInReach, openSharedDirectory, openSharedDispatcher } from "./shared.ts";
import type { Config } from "../config/config.ts";
import { readSettings } from "./settings.ts";
import { readServerRecord, removeServerRecord, writeServerRecord } from "../data-dir/data-dir.ts";
import { createHttpServer } from "../http/server.ts";
import { openGit } from "../git/open-git.ts";
import { noHints } from "../hints/no-hints.ts";
import type { Lifecycle } from "../lifecycle.ts";
import { checkDisk } from "../ops/disk.ts";
import { releaseMemoryWhenQuiet } from "../ops/release-memory.ts";
import { publicWeb } from "../network/public-web.ts";
import { createRedactor } from "../secrets/redactor.ts";
import { createEventRedactor } from "../secrets/redact-event.ts";
import { createAuditService } from "../services/audit.ts";
import { createModelService } from "../services/models.ts";
import { createAgentService } from "../services/agents.ts";
import { createBlobService } from "../services/blobs.ts";
import { createProjectService } from "../services/projects.ts";
import { removeDirectory } from "../common/remove-directory.ts";
import { createMcpService } from "../services/mcp-servers.ts";
import { createPublicationService } from "../services/publications.ts";
import { createSearchService } from "../services/search.ts";
import { createNetworkService } from "../services/session-network.ts";
import { createTokenService } from "../services/tokens.ts";
import { createUserService } from "../services/users.ts";
import { createWorkspaceService } from "../services/workspaces.ts";
import { SteadyClock } from "../common/steady-clock.ts";
import { lockDataDir } from "../store/sqlite/data-dir-lock.ts";
import { openEngine } from "../store/open-engine.ts";
import { copyWorkspace } from "../tools/files/copy-workspace.ts";
import { workspaceFiles } from "../tools/files/workspace-files.ts";
import { createBareSpawner } from "../tools/process/bare-spawner.ts";
import { KeptOutputs } from "../tools/output/kept-outputs.ts";
import { BackgroundProcesses } from "../tools/background/task-processes.ts";
import { openSearch } from "../tools/search/ripgrep.ts";
import { createTools, type ToolsDeps, toolsByNetwork } from "../tools/registry.ts";
import { openSandbox } from "../tools/sandbox/open-sandbox.ts";
import { webSearchOf } from "../tools/web-search/web-search-of.ts";
import { EventLoopTurns } from "../turns/event-loop-turns.ts";
import { findProgram } from "../tools/sandbox/find-program.ts";
import { adoptProcesses } from "./adopt-processes.ts";
import { openWeb } from "./web.ts";
import { findHostToolchains } from "../tools/sandbox/host-toolchains.ts";
import { SHOWN_DIRECTORIES } from "../tools/sandbox/system-mounts.ts";
import { borrowingSpawner } from "../workspaces/borrowing.ts";
import { LentMirrors } from "../workspaces/lent-mirrors.ts";
import { createFindUnpublishedWork } from "../workspaces/unpublished-work.ts";
import { createProjectIds } from "../projects/project-ids.ts";
import { composeModels } from "./models.ts";
import { composeAgents } from "./agents.ts";
import { openNetworks } from "./network.ts";
import { feedMetrics, openObservation, readinessChecks, startBackups } from "./ops.ts";
import { composeDisk } from "./disk.ts";
import { composeMcp } from "./mcp.ts";
import { composeOutbox } from "./outbox.ts";
import { composePush } from "./push.ts";
import { composeProjects } from "./projects.ts";
import { composeRetention } from "./retention.ts";
import { endRestoredTasks } from "./restored.ts";
import { createLinks } from "./sign-in.ts";
import { composeServerService } from "./server.ts";
import { composeSharing } from "./sharing.ts";
import { composeSpending } from "./spending.ts";

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
  const { version, lifecycle, onFatal } = options;
  const { config, file } = await readSettings(options.config);
  const redactor = createRedactor([...config.secrets, ...file.secrets]);
  const lock = await lockDataDir(config.dataDir);
  lifecycle.started("data directory", () => lock[Symbol.dispose]());
  const { logger, metrics, watchLog } = await openObservation({
    config,
    version,
    redactor,
    lifecycle,
    providers: () => models.names.map((name) => name.split(":", 1)[0] ?? ""),
  });
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
    onCommitted: metrics.committed,
  });
  lifecycle.started("store", async () => store.close());
  const { now } = store;
  const base = { config, store, lifecycle, logger, now };
  const [last] = await store.audit.page({ limit: 1 });
  if (last !== undefined) clock.notBefore(last.at);
  // Before this start writes anything, by a clock that may be wrong.
  const lastSignAt = Math.max(last?.at ?? 0, (await store.retention.newestChange()) ?? 0);
  const sharedDirectory = await openSharedDirectory(config, store, logger);
  if (sharedDirectory !== null) {
    lifecycle.started("shared directory", async () => sharedDirectory.stop());
  }
  const requireFiles = filesInReach(sharedDirectory);

  const turns = new EventLoopTurns();
  const { models, keyRing, prices } = await composeModels({ config, file, store, now, lifecycle, logger });
  const processes = await adoptProcesses(config.dataDir, logger);
  const path = config.toolEnvironment["PATH"] ?? "";
  const host = await findHostToolchains({ home: findHome(), path, covered: SHOWN_DIRECTORIES });
  const environment = { ...config.toolEnvironment, ...host.environment, PATH: host.path };
  const severalUsers = new SeveralUsers({ store, hints, logger });
  await severalUsers.start();
  lifecycle.started("several users", async () => severalUsers.stop());
  const isShared = (): boolean => severalUsers.current;
  const disk = await composeDisk(file.sections.disk ?? {}, { ...base, isShared });
  const sandbox = await openSandbox({
    ...config,
    ...processes,
    path: host.path,
    toolchains: host.mounts,
    isShared: () => store.users.areSeveral(),
    noteUse: disk.noteUse,
    logger,
  });
  const { sharedDir } = config;
  const lent = new LentMirrors({ sharedDir, removeDirectory });
  const spawner = borrowingSpawner(sandbox.spawner, { store, sharedDir, lent });
  const bare = createBareSpawner(processes);
  const git = await openGit({
    sandboxed: spawner,
    own: bare,
    program: await findProgram("git", environment["PATH"] ?? ""),
    path: environment["PATH"] ?? "",
    dataDir: config.dataDir,
    logger,
  });
  const projectIdOf = createProjectIds(store);
  const networks = await openNetworks(config, store, projectIdOf, sandbox);
  const blobs = await openBlobs(config, store, { logger, now });
  lifecycle.started("blobs", async () => blobs.stop());
  const background = new BackgroundProcesses();
  const toolsDeps: ToolsDeps = {
    webSearch: webSearchOf(file),
    processes: background,
    outputs: await KeptOutputs.open({ blobs, directory: join(config.dataDir, "outputs") }),
    spawner,
    environment,
    webFetch: config.webFetch,
    compute,
    connect: publicWeb,
    networks,
    redactor,
    search: await openSearch({ path: environment["PATH"] ?? "", spawner, bare }),
    canAsk: config.approvals.mode !== "never",
  };
  const tools = createTools(toolsDeps, config.network.mode);
  const findUnpublishedWork = createFindUnpublishedWork({ ...config, git, requireFiles });
  const projects = await composeProjects({
    ...base,
    git,
    requireFiles,
    projectIdOf,
    networks,
    spawner,
    environment,
    programs: host.programs,
    isShared,
    hasDiskLimit: disk.hasLimit || file.sections.retention?.maxBytes !== undefined,
  });
  const { budgets, spendingServices } = composeSpending({
    store,
    settings: file.sections.budgets,
    append: async (...args) => core.log.append(...args),
    now,
  });
  const mcp = await composeMcp({
    ...base,
    configFile: file,
    version,
    vault: projects.vault,
    sandbox,
    environment,
    builtIn: toolsByNetwork(toolsDeps, projects.settings.environmentOf),
    projectIdOf,
    blobs: () => blobs,
  });
  const agents = composeAgents({
    config,
    file,
    version,
    spawner,
    networks,
    environment,
    settings: projects.settings,
    prices,
    budgets,
    processes: background,
    blobs,
    onModelCall: metrics.modelCalled,
    withdraw: async (ownerId, question) => core.approvals.withdrawQuestion(ownerId, question),
    lifecycle,
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
        isShared,
        logger,
      }),
    }),
    dataDir: config.dataDir,
    sharedDir: config.sharedDir,
    models,
    agents,
    tools: mcp.tools,
    setups: projects.setups,
    turns,
    compute,
    concurrency: config.concurrency,
    isShared,
    approvals: { ...config.approvals, rules: file.sections.rules },
    workspaces: projects.workspaces,
    redact: createEventRedactor(redactor),
    copyWorkspace: async (from, to, { only } = {}) =>
      copyWorkspace(from, to, { ...(only !== undefined && { only }), noteUse: disk.noteUse }),
    ...(git.version !== null && { runGitScript: runGitScripts(git) }),
    findUnpublishedWork,
    requireRoom: disk.requireRoom,
    requireShare: disk.requireShare,
    logger,
    now,
    node: config.node,
    predecessor: previous?.nodeId,
    // A node that has the store to itself has nobody to leave tasks to.
    ...(!store.isExclusive && { checkRoom: async () => checkDisk([config.dataDir]) }),
    watchLog,
  });
  const { approvals, runner, audit } = core;
  const { pushes, news } = composePush({ ...base, configFile: file, vault: projects.vault, audit });
  const outbox = await composeOutbox({ ...base, log: core.log, consumers, news, models, budgets, prices });
  await core.spool.clear();
  core.relay.start();
  lifecycle.started("relay", async () => core.relay.stop());
  lifecycle.started("approvals", async () => approvals.stop());
  lifecycle.started("runner", async () => runner.stop());
  lifecycle.started("abandoned sessions", async () => core.abandoned.stop());
  lifecycle.started("audit trail", async () => audit.close());
  const { dataDir } = config;
  const retention = composeRetention(file.sections.retention, {
    ...core,
    store,
    dataDir: sharedDir,
    announcer: core.relay,
    findUnpublishedWork,
    lastSignAt: lastSignAt === 0 ? undefined : lastSignAt,
    lifecycle,
    logger,
    now,
  });
  const auth = await createAuth({ store, audit, dataDir, sharedDir, hints, logger, now });

  const described = { config, version, models, tools, sandbox, git };
  const services: Services = {
    ...core.services,
    blobs: createBlobService({ blobs }),
    workspaces: createWorkspaceService({ ...projects.reading, store, files: workspaceFiles }),
    projects: createProjectService({
      store,
      audit,
      policy: config.projects,
      checkSource: projects.checkSource,
      vault: projects.vault,
      projectDeleted: async () => projects.sources.sweep(),
      projectUnshared: async (projectId) => lent.note(projectId),
      now,
    }),
    mcp: createMcpService({ store, servers: mcp.servers, audit, vault: projects.vault, now }),
    publications: createPublicationService({
      requireRoom: disk.requireRoom,
      ...projects.publishing,
      store,
      log: core.log,
      audit,
      tasks: core.services.tasks,
      checkpoints: core.checkpoints,
      findUnpublishedWork,
    }),
    agents: createAgentService({ agents, models, tools, policy: approvals.policy }),
    models: createModelService({ models, keyRing, store, audit, now }),
    search: createSearchService(search),
    server: composeServerService({ ...core, ...described, host, outbox, retention, diskBudget: disk.budget }),
    users: createUserService({
      store,
      findUnpublishedWork,
      dataDir: config.sharedDir,
      auth,
      audit,
      runner,
      noteLeft: core.noteLeft,
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
    ...spendingServices(audit),
    pushes,
    ...composeSharing(core.services.sessions, { store, auth, audit, now }),
  };

  const web = await openWeb(config, { lifecycle, logger });
  const observed = {
    config,
    version,
    store,
    compute,
    runner,
    outbox,
    web,
    sharedDirectory,
    diskBudget: disk.budget,
    lifecycle,
  };
  const http = createHttpServer({
    config,
    metrics,
    metricsToken: config.metricsToken,
    turns,
    services,
    auth,
    audit,
    web,
    logger,
    now,
    sharedLimits: store.limits,
    readiness: readinessChecks(observed),
  });
  feedMetrics(metrics, { ...observed, streams: () => http.streams() });
  // Before anybody can import or fork here: what this node fills out of sight is then known to be its own.
  await runner.join();
  const { url } = await http.listen();
  lifecycle.started("http", async () => http.close(HTTP_GRACE_MS));

  const { nodeId } = core;
  await writeServerRecord(config.dataDir, { pid: process.pid, url, startedAt: now(), nodeId });
  lifecycle.started("server record", async () => removeServerRecord(config.dataDir));
  await endRestoredTasks(sharedDir, store, runner);
  await runner.start();
  approvals.start();
  blobs.start();
  // Whoever opens the link is to find the UI; where it does not come up, its page says that it is starting.
  if (web !== null) await Promise.race([web.ready, delay(WEB_PATIENCE_MS, undefined, { ref: false })]);
  core.abandoned.start();
  retention?.start();
  void projects.sources.sweep();
  releaseMemoryWhenQuiet(logger);
  startBackups({ config, lifecycle }, { logger, now });

  const drain = async (waitMs: number): Promise<void> => {
    runner.drain();
    await runner.drained(waitMs);
  };
  return { url, drain, ...(await createLinks(auth, url, config)) };
}

const WEB_PATIENCE_MS = 10_000;

/** How long requests under way may take once the server is asked to stop, in ms. */
const HTTP_GRACE_MS = 3_000;
