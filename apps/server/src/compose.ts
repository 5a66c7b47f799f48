import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Services } from "@trunkline/contract";
import { sql } from "kysely";
import type { Logger } from "pino";
import { createActivity } from "./activity/activity.ts";
import { runTask } from "./agent/loop.ts";
import { createModelRegistry } from "./agent/models/registry.ts";
import { createAudit } from "./audit/audit.ts";
import { createApprovals } from "./approvals/approvals.ts";
import { createAuth } from "./auth/auth.ts";
import { createCompute } from "./compute/pool.ts";
import type { Config } from "./config.ts";
import { readServerRecord, removeServerRecord, writeServerRecord } from "./data-dir.ts";
import { createInProcessDispatcher } from "./dispatch/in-process.ts";
import type { Doorbell } from "./dispatch/port.ts";
import { createHttpServer } from "./http/server.ts";
import { createHub } from "./hub/hub.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { createLogger } from "./ops/logger.ts";
import { releaseMemoryWhenQuiet } from "./ops/release-memory.ts";
import { createLog } from "./log/log.ts";
import { forgetProcesses, openProcessLedger } from "./runner/process-ledger.ts";
import { createRunner } from "./runner/runner.ts";
import { createRedactor } from "./secrets/redactor.ts";
import { createSqliteSearch } from "./search/sqlite-search.ts";
import { createActivityService } from "./services/activity.ts";
import { findHiddenSessions, finishDeletions } from "./services/delete-session.ts";
import { createAuditService } from "./services/audit.ts";
import { createAgentService } from "./services/agents.ts";
import { createApprovalService } from "./services/approvals.ts";
import { createSearchService } from "./services/search.ts";
import { createServerService } from "./services/server-info.ts";
import { createSessionService } from "./services/sessions.ts";
import { createTaskService } from "./services/tasks.ts";
import { createTokenService } from "./services/tokens.ts";
import { createUserService } from "./services/users.ts";
import type { Store } from "./store/port.ts";
import { lockDataDir } from "./store/sqlite/data-dir-lock.ts";
import { databasePath } from "./store/sqlite/database-path.ts";
import { openSqliteStore } from "./store/sqlite/sqlite-store.ts";
import { copyWorkspace } from "./tools/files/copy-workspace.ts";
import { reapLeftovers } from "./tools/process/leftovers.ts";
import { createTools, sameTools } from "./tools/registry.ts";
import { openSandbox } from "./tools/sandbox/open-sandbox.ts";
import { EventLoopTurns } from "./turns/event-loop-turns.ts";
import { startWeb } from "./web/start-web.ts";

export interface RunningServer {
  url: string;
  /** A link that signs a browser in, once. */
  signInUrl: string;
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
  const now = Date.now;

  const lock = await lockDataDir(config.dataDir);
  lifecycle.started("data directory", () => lock[Symbol.dispose]());

  // Removed by a server that stops in order.
  const uncleanStop = (await readServerRecord(config.dataDir)) !== undefined;
  const store = await openSqliteStore({ path: databasePath(config.dataDir), now, onFatal, uncleanStop });
  lifecycle.started("store", async () => store.close());

  const compute = createCompute({ logger });
  lifecycle.started("compute", async () => compute.close());
  const turns = new EventLoopTurns();
  const hub = createHub();
  const activity = createActivity();
  const log = createLog({ store, hub, activity });
  const models = await createModelRegistry(config.models);
  const processes = await adoptProcesses(config, logger);
  const { toolEnvironment: environment, webFetch } = config;
  const sandbox = await openSandbox({
    ...config,
    ...processes,
    path: environment["PATH"] ?? "",
    isShared: () => hasSeveralUsers(store),
    logger,
  });
  const tools = createTools({
    spawner: sandbox.spawner,
    environment,
    webFetch,
    redactor,
    canAsk: config.approvals.mode !== "never",
  });
  let isShared = await hasSeveralUsers(store);
  const dispatcher = createInProcessDispatcher({ concurrency: config.concurrency, isShared: () => isShared });
  const ring = (bell: Doorbell): void => dispatcher.ring(bell);
  const approvals = createApprovals({ store, log, ...config.approvals, ring, logger, now });
  lifecycle.started("approvals", async () => approvals.stop());
  const runner = createRunner({
    store,
    log,
    models,
    runTask,
    tools: sameTools(tools),
    approvals,
    dispatcher,
    logger,
    now,
    node: config.node,
  });
  lifecycle.started("runner", async () => runner.stop());

  const audit = createAudit({ store, logger, now });
  lifecycle.started("audit trail", async () => audit.close());
  const auth = await createAuth({ store, audit, dataDir: config.dataDir, logger, now });

  const workspacesDir = join(config.dataDir, "workspaces");
  const services: Services = {
    tasks: createTaskService({ store, log, runner, turns, models, audit, workspacesDir, now }),
    sessions: createSessionService({
      store,
      log,
      hub,
      activity,
      runner,
      approvals,
      models,
      audit,
      workspacesDir,
      copyWorkspace,
      now,
    }),
    approvals: createApprovalService({ store, approvals, audit }),
    agents: createAgentService({ models, tools, policy: approvals.policy }),
    activity: createActivityService({ store, activity }),
    search: createSearchService(createSqliteSearch(store.db)),
    server: createServerService({
      version,
      models,
      tools,
      sandbox: sandbox.state,
      concurrency: config.concurrency,
    }),
    users: createUserService({
      store,
      auth,
      audit,
      runner,
      hub,
      activity,
      now,
      async usersChanged() {
        isShared = await hasSeveralUsers(store);
      },
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
    readiness: { store: async () => pingStore(store) },
  });
  const hidden = await findHiddenSessions(store);
  const { url } = await http.listen();
  lifecycle.started("http", async () => http.close(HTTP_GRACE_MS));

  await writeServerRecord(config.dataDir, { pid: process.pid, url, startedAt: now() });
  lifecycle.started("server record", async () => removeServerRecord(config.dataDir));
  await runner.start();
  approvals.start();
  // Whoever opens the link is to find the UI; where it does not come up, its page says that it is starting.
  if (web !== null) await Promise.race([web.ready, delay(WEB_PATIENCE_MS, undefined, { ref: false })]);
  void finishDeletions({ store, runner }, hidden).catch((error: unknown) =>
    logger.error({ err: error }, "sessions that were being deleted are not gone yet"),
  );
  releaseMemoryWhenQuiet(logger);

  return { url, signInUrl: `${url}/sign-in?code=${auth.createSignInCode("local").code}` };
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

const WEB_DIRECTORY = fileURLToPath(new URL("../../web", import.meta.url));
const WEB_GRACE_MS = 2_000;
const WEB_PATIENCE_MS = 10_000;

async function hasSeveralUsers({ db }: Store): Promise<boolean> {
  const users = db.selectFrom("users").select("id").where("removed_at", "is", null).limit(2);
  return (await users.execute()).length > 1;
}

async function pingStore({ db }: Store): Promise<void> {
  await sql`select 1`.execute(db);
}

/** How long requests under way may take once the server is asked to stop, in ms. */
const HTTP_GRACE_MS = 3_000;
