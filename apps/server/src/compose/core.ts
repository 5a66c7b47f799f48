import { TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";
import { v7 as uuidv7 } from "uuid";
import { createActivity } from "../activity/activity.ts";
import type { AgentRegistry, ModelRegistry } from "../agent/port.ts";
import { type OperatorsRules, operatorsRules } from "../approvals/operators-rules.ts";
import { createApprovals } from "../approvals/approvals.ts";
import type { ApprovalMode } from "../approvals/port.ts";
import { createAudit } from "../audit/audit.ts";
import { createCheckpoints } from "../checkpoints/checkpoints.ts";
import type { RunGitScript } from "../checkpoints/git-script.ts";
import type { Compute } from "../compute/port.ts";
import { createInProcessDispatcher } from "../dispatch/in-process.ts";
import type { Dispatcher, Doorbell } from "../dispatch/port.ts";
import { noHints } from "../hints/no-hints.ts";
import type { Hints } from "../hints/port.ts";
import { Relay } from "../hints/relay.ts";
import { createHub } from "../hub/hub.ts";
import { createLog } from "../log/log.ts";
import type { Log } from "../log/port.ts";
import { createRunner } from "../runner/runner.ts";
import type { RedactEvent } from "../secrets/port.ts";
import { AbandonedSessions } from "../services/abandoned-sessions.ts";
import { createActivityService } from "../services/activity.ts";
import { createApprovalService } from "../services/approvals.ts";
import { createCheckpointService } from "../services/checkpoints.ts";
import { createRuleService } from "../services/rules.ts";
import { createQuestionService } from "../services/questions.ts";
import { ImportSpool } from "../services/import/import-spool.ts";
import { removeDirectory } from "../common/remove-directory.ts";
import { createSessionService } from "../services/sessions.ts";
import { createTaskService } from "../services/tasks.ts";
import type { Store } from "../store/port.ts";
import type { Setups } from "../setup/port.ts";
import type { ToolSource } from "../tools/port.ts";
import type { Turns } from "../turns/port.ts";
import { createBorrowedBy } from "../workspaces/borrowing.ts";
import type { FindUnpublishedWork, Workspaces } from "../workspaces/port.ts";

/** What is around the core: the store, the agent, and what else tests have in the place of the real thing. */
export interface CoreEdges {
  store: Store;
  /** Of this process alone. */
  dataDir: string;
  /** Where workspaces are, for all nodes the same; absent: in the data directory. */
  sharedDir?: string;
  models: ModelRegistry;
  agents: AgentRegistry;
  tools: ToolSource;
  turns: Turns;
  compute: Compute;
  /** Concurrent tasks on this node. */
  concurrency: number;
  /** Shared with other nodes; absent: for this process only. */
  dispatcher?: Dispatcher;
  /** Whether more than one user can sign in. */
  isShared: () => boolean;
  approvals: { mode: ApprovalMode; timeoutMs: number; rules?: OperatorsRules | undefined };
  /** Absent: there are no projects. */
  workspaces?: Workspaces;
  /** Absent: workspaces need none. */
  setups?: Setups;
  redact: RedactEvent;
  copyWorkspace: (from: string, to: string, options?: { only?: string }) => Promise<void>;
  /** Runs git for checkpoints. Absent: there are none. */
  runGitScript?: RunGitScript | undefined;
  findUnpublishedWork: FindUnpublishedWork;
  /** Throws where this user's may take no more of the disk. */
  requireRoom?: (userId: string) => void;
  /** Throws where this user's take more than their share; absent: nobody has one. */
  requireShare?: (userId: string) => void;
  logger: Logger;
  /** Integer ms since the epoch. */
  now: () => number;
  /** The clock for expiry, if it is a different one. */
  expiryClock?: { now: () => number; wait?: (ms: number, signal: AbortSignal) => Promise<void> };
  node: string;
  /** The process that had the data directory before and died, with all that it had started. */
  predecessor?: string | undefined;
  /** Whether the node has room for what commands keep on its own disk; absent: it takes up tasks without. */
  checkRoom?: (() => Promise<void>) | undefined;
  /** How long the node's claims last without renewal, in ms; default 10,000. */
  leaseMs?: number | undefined;
  /** Connects the nodes of one store; without it this one is alone. */
  hints?: Hints;
  /** Intercepts appends. */
  watchLog?: (log: Log) => Log;
}

/** The core of the server: log, queue, runner and services; without HTTP, users and its own tools. */
export function composeCore(edges: CoreEdges) {
  const {
    store,
    sharedDir = edges.dataDir,
    models,
    turns,
    logger,
    now,
    copyWorkspace,
    requireRoom = () => undefined,
    requireShare = () => undefined,
    hints = noHints,
  } = edges;
  const nodeId = uuidv7();
  const { watchLog = (log: Log) => log } = edges;
  const hub = createHub();
  const activity = createActivity();
  const onMissed = (): void => approvals.requested();
  const relay = new Relay({ store, hints, hub, activity, onMissed, logger });
  const log = watchLog(createLog({ store, hub, announcer: relay, redact: edges.redact }));
  const { concurrency, isShared } = edges;
  const dispatcher = edges.dispatcher ?? createInProcessDispatcher({ concurrency, isShared });
  const ring = (bell: Doorbell): void => dispatcher.ring(bell);
  const { now: expiryNow, wait } = edges.expiryClock ?? { now };
  const operators = operatorsRules(edges.approvals.rules ?? [], now());
  const approvals = createApprovals({
    store,
    log,
    ...edges.approvals,
    rules: operators,
    ring,
    logger,
    now: expiryNow,
    ...(wait && { wait }),
  });
  const { agents, tools, workspaces, node, runGitScript } = edges;
  const checkpoints = createCheckpoints({
    store,
    log,
    sharedDir,
    run: runGitScript ?? noGit,
    borrowsFrom: createBorrowedBy(store, sharedDir),
    copyWorkspace,
    removeDirectory,
    logger,
    nodeId,
  });
  const runner = createRunner({
    store,
    log,
    dataDir: sharedDir,
    models,
    agents,
    tools,
    approvals,
    ...(workspaces && { workspaces }),
    ...(runGitScript && { checkpoints }),
    ...(edges.setups && { setups: edges.setups }),
    requireShare,
    dispatcher,
    hints,
    announcer: relay,
    logger,
    now,
    nodeId,
    node,
    leaseMs: edges.leaseMs,
    predecessor: edges.predecessor,
    checkRoom: edges.checkRoom,
  });
  const audit = createAudit({ store, logger, now });
  const spool = new ImportSpool(edges.dataDir);
  const abandoned = new AbandonedSessions({ store, dataDir: sharedDir, runner, checkpoints, nodeId, logger });
  const noteLeft = (sessionId: string): void => abandoned.retry(sessionId);
  const services = {
    tasks: createTaskService({
      store,
      log,
      runner,
      turns,
      models,
      agents,
      audit,
      requireRoom,
    }),
    sessions: createSessionService({
      store,
      log,
      announcer: relay,
      runner,
      noteLeft,
      models,
      agents,
      audit,
      dataDir: sharedDir,
      checkpoints,
      findUnpublishedWork: edges.findUnpublishedWork,
      ...(workspaces && { workspaces }),
      compute: edges.compute,
      spool,
      requireRoom,
      redact: edges.redact,
      now,
      nodeId,
    }),
    checkpoints: createCheckpointService({ store, checkpoints, audit, dataDir: sharedDir }),
    approvals: createApprovalService({ store, approvals, audit }),
    questions: createQuestionService({ store, approvals, audit }),
    rules: createRuleService({ store, log, audit, operators, now }),
    activity: createActivityService({ store, activity, dataDir: sharedDir }),
  };
  return {
    nodeId,
    abandoned,
    noteLeft,
    hub,
    activity,
    checkpoints,
    relay,
    log,
    dispatcher,
    approvals,
    runner,
    audit,
    spool,
    services,
  };
}

const noGit: RunGitScript = async () => {
  throw new TrunklineError(
    "unavailable",
    "This server has no checkpoints: it needs git. See 'trunkline doctor'",
  );
};
