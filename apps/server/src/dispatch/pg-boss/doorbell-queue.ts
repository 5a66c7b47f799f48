import type { Logger } from "pino";
import { PgBoss } from "pg-boss";
import type { Doorbell } from "../port.ts";

/** A doorbell that this node took from the queue, and answers for. */
export interface TakenBell extends Doorbell {
  jobId: string;
}

/** Beside our own tables, in a schema that pg-boss alone changes. */
const SCHEMA = "trunkline_boss";
const QUEUE = "sessions";

/** A node that dies gives back what it took after this time; pg-boss allows no less. In seconds. */
const HEARTBEAT_SECONDS = 10;
/** How often pg-boss looks for those, in seconds. */
const MONITOR_SECONDS = 1;
/** Connections at most: rings, fetches and monitoring are short. */
const CONNECTIONS = 3;

/**
 * Sessions with work that no node has begun, as jobs of pg-boss: a bell that some node with a free slot hears, and that
 * rings again where that node dies. It carries no order, and a job that is lost costs time: the rows say what is queued.
 */
export class DoorbellQueue {
  readonly #boss: PgBoss;
  readonly #logger: Logger;

  private constructor(boss: PgBoss, logger: Logger) {
    this.#boss = boss;
    this.#logger = logger;
  }

  /** @throws Error where pg-boss cannot make its tables */
  static async open({
    url,
    node,
    logger,
  }: {
    url: string;
    node: string;
    logger: Logger;
  }): Promise<DoorbellQueue> {
    const boss = new PgBoss({
      connectionString: url,
      application_name: `trunkline ${node} queue`.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 63),
      schema: SCHEMA,
      max: CONNECTIONS,
      schedule: false,
      superviseIntervalSeconds: MONITOR_SECONDS,
      monitorIntervalSeconds: MONITOR_SECONDS,
      // Several nodes start and stop; nobody reads the registry.
      registerInstance: false,
    });
    // A database that is away for a while is nobody's end: the sweep makes up for what was not rung.
    boss.on("error", (error) => logger.debug({ err: error }, "pg-boss"));
    await boss.start({ attempts: 5 });
    const lifetime = {
      // A session may be at work for days; who dies is found by the heartbeat.
      expireInSeconds: 23 * 3_600,
      retentionSeconds: 24 * 3_600,
      deleteAfterSeconds: 60,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      retryLimit: 1_000,
    };
    // One job at most waits for each session; who works on it does not keep it from being rung again.
    await boss.createQueue(QUEUE, { policy: "short", ...lifetime });
    return new DoorbellQueue(boss, logger);
  }

  /** Rings on whichever node has room. @param priority more go first */
  async ring(bells: readonly (Doorbell & { priority: number })[]): Promise<void> {
    if (bells.length === 0) return;
    await this.#boss.insert(
      QUEUE,
      bells.map(({ sessionId, ownerId, priority }) => ({
        data: { sessionId, ownerId },
        singletonKey: sessionId,
        priority,
      })),
    );
  }

  /** Takes up to `count` bells, for this node to answer. */
  async take(count: number): Promise<TakenBell[]> {
    const jobs = await this.#boss.fetch<Doorbell>(QUEUE, { batchSize: count });
    return jobs.map(({ id, data: { sessionId, ownerId } }) => ({ jobId: id, sessionId, ownerId }));
  }

  /** Says that this node is alive, and still at what it took. */
  async keep(jobIds: readonly string[]): Promise<void> {
    if (jobIds.length > 0) await this.#boss.touch(QUEUE, [...jobIds]);
  }

  async done(jobIds: readonly string[]): Promise<void> {
    if (jobIds.length > 0) await this.#boss.complete(QUEUE, [...jobIds]);
  }

  async close(): Promise<void> {
    try {
      await this.#boss.stop({ graceful: false, close: true });
    } catch (error) {
      this.#logger.warn({ err: error }, "pg-boss did not stop in order");
    }
  }
}
