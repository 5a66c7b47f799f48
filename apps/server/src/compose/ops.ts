import { join } from "node:path";
import type { Logger } from "pino";
import type { Compute } from "../compute/port.ts";
import type { Config } from "../config/config.ts";
import { passwordIn } from "../config/secrets.ts";
import type { Lifecycle } from "../lifecycle.ts";
import { checkDisk, diskSpace } from "../ops/disk.ts";
import type { DiskBudget } from "../ops/disk-budget.ts";
import type { Log } from "../log/port.ts";
import { LogFiles } from "../ops/log-files.ts";
import { createLogger } from "../ops/logger.ts";
import { LoopWatch } from "../ops/loop-watch.ts";
import { Metrics } from "../ops/metrics/metrics.ts";
import { observedLog } from "../ops/observed-log.ts";
import type { EventObserver } from "../ops/port.ts";
import { openTraces } from "../ops/traces/open-traces.ts";
import type { Redactor } from "../secrets/port.ts";
import { isOrdinary } from "../secrets/redactor.ts";
import type { Outbox } from "../outbox/port.ts";
import type { Runner } from "../runner/port.ts";
import type { SharedDirectory } from "../data-dir/shared-directory.ts";
import { ScheduledBackups } from "../store/backup/scheduled-backups.ts";
import type { Store } from "../store/port.ts";
import type { WebSupervisor } from "../web/start-web.ts";

/** The log, metrics and traces, which see everything else start. */
export async function openObservation(options: {
  config: Config;
  version: string;
  redactor: Redactor;
  lifecycle: Lifecycle;
  /** Names of the operator's; asked for when the first model call ends. */
  providers: () => readonly string[];
}): Promise<{ logger: Logger; metrics: Metrics; watchLog: (log: Log) => Log }> {
  const { config, version, redactor, lifecycle, providers } = options;
  const files = config.logTo === "stdout" ? undefined : new LogFiles(join(config.dataDir, "logs"));
  lifecycle.started("log", async () => files?.close());
  const nowhere = config.logTo === "files" ? { destination: { write: () => undefined } } : {};
  const logger = createLogger({ level: config.logLevel, redactor, node: config.node, files, ...nowhere });

  if (passwordIn(config.databaseUrl ?? "").some(isOrdinary)) {
    logger.warn(
      "the password in TRUNKLINE_DATABASE_URL is short, a word or a number, so it is redacted only where it is a password for sure. " +
        "Choose one of 16 or more random characters",
    );
  }
  const metrics = new Metrics(providers);
  lifecycle.started("metrics", () => metrics[Symbol.dispose]());
  const observers: EventObserver[] = [metrics.fromEvents];
  if (config.traces !== null) {
    const process = { "service.version": version, "service.instance.id": config.node };
    const traces = await openTraces({
      ...config.traces,
      attributes: { ...config.traces.attributes, ...process },
    });
    lifecycle.started("traces", async () => traces.stop());
    observers.push(traces);
  }
  return { logger, metrics, watchLog: (log) => observedLog(log, observers) };
}

/** Whoever has looked after nothing for this long is stuck, in ms; it is done every second. */
const SWEEP_STUCK_MS = 30_000;

export interface Observed {
  config: Config;
  version: string;
  store: Store;
  compute: Compute;
  runner: Runner;
  outbox: Outbox;
  web: WebSupervisor | null;
  sharedDirectory: SharedDirectory | null;
  diskBudget: DiskBudget | null;
  lifecycle: Lifecycle;
}

/** Starts what the operator has set. */
export function startBackups(
  { config, lifecycle }: { config: Config; lifecycle: Lifecycle },
  deps: { logger: Logger; now: () => number },
): void {
  if (config.backups === null) return;
  const { withKeys, ...schedule } = config.backups;
  const { dataDir, sharedDir, databaseUrl } = config;
  const of = { dataDir, sharedDir, databaseUrl, withKeys };
  const backups = new ScheduledBackups({ ...schedule, of, ...deps });
  backups.start();
  lifecycle.started("backups", async () => backups.stop());
}

/** Tells the metrics whom to ask. */
export function feedMetrics(metrics: Metrics, of: Observed & { streams: () => number }): void {
  const { config, version, store, compute, runner, outbox, web, diskBudget, streams } = of;
  metrics.from({
    version,
    node: config.node,
    tasks: async () => store.tasks.countUnfinished(),
    running: () => runner.running(),
    holdsLease: () => runner.holdsLease(),
    streams,
    outbox: async () => outbox.states(),
    disk: async () => diskSpace(config.sharedDir),
    diskBudget: () => diskBudget,
    deadWorkers: () => [
      ["compute", compute.died()],
      ["web", web?.died() ?? 0],
    ],
  });
}

/** What `GET /ready` asks: each throws where this node had better not be sent requests. */
export function readinessChecks(of: Observed): Record<string, () => Promise<string | void>> {
  const { config, store, compute, runner, web, sharedDirectory, diskBudget, lifecycle } = of;
  const loop = new LoopWatch();
  lifecycle.started("loop watch", () => loop[Symbol.dispose]());
  return {
    store: async () => store.ping(),
    "taking tasks": async () => {
      if (runner.isDraining()) throw new Error("the server is draining");
      if (!runner.hasRoom()) throw new Error("the node has no room for the commands of tasks");
      if (!runner.holdsLease()) throw new Error("the node does not hold its lease");
      if (runner.sweptMsAgo() > SWEEP_STUCK_MS)
        throw new Error("nobody looks after tasks: the sweep is stuck");
      if (runner.queueSilentMs() > SWEEP_STUCK_MS)
        throw new Error("what is queued can't be read: the queue does not answer");
    },
    "event loop": async () => loop.check(),
    disk: async () => checkDisk([config.dataDir, config.sharedDir]),
    // Said, and no reason to send requests elsewhere: sessions are read, and deleted, as before.
    ...(diskBudget !== null && { "disk budget": async () => diskBudget.state }),
    workers: async () => compute.check(),
    ...(web !== null && { web: async () => web.check() }),
    ...(sharedDirectory !== null && { "shared directory": async () => sharedDirectory.check() }),
  };
}
