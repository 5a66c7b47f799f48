import type { Logger } from "pino";
import { type JobAttempt, PgBoss } from "pg-boss";
import { SERVER_KEEPALIVE, withSettings } from "../../common/postgres-settings.ts";
import type { Doorbell } from "../port.ts";

/** A session taken from the queue by this node, and its job. */
export interface TakenSession {
  bell: Doorbell;
  job: JobAttempt;
}

export interface SessionQueueOptions {
  /** PostgreSQL's URL; contains a password. */
  url: string;
  /** Name of this process, for people. */
  node: string;
  logger: Logger;
}

const QUEUE = "sessions";
const SCHEMA = "trunkline_boss";
/** pg-boss's own schema, beside the store's. */
const CONNECTIONS = 2;
/** A node that is silent for this long loses its jobs; pg-boss's minimum. */
const HEARTBEAT_SECONDS = 10;
/** pg-boss's maximum. A job that takes longer is requeued, and whoever takes it finds the session running. */
const EXPIRE_SECONDS = 86_400;

/**
 * In ms. pg-boss hands these to `pg`: an answer that has not come by then, as from an address that has fallen silent, will not
 * come, and tasks wait behind it. None for statements: starting may change its schema.
 */
const LIMITS = { query_timeout: 15_000, keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/**
 * The sessions waiting for a node, as jobs of pg-boss: at most one waiting and one active per session. A job only names
 * its session; it is deleted when done, so the table stays as small as the queue. A dead node's job comes back after at
 * most eleven seconds.
 */
export class SessionQueue implements AsyncDisposable {
  readonly #boss: PgBoss;

  private constructor(boss: PgBoss) {
    this.#boss = boss;
  }

  /** @throws if PostgreSQL is unreachable, or its user may not create the schema. */
  static async open({ url, node, logger }: SessionQueueOptions): Promise<SessionQueue> {
    const boss = new PgBoss({
      ...LIMITS,
      connectionString: withSettings(url, SERVER_KEEPALIVE),
      // PostgreSQL truncates it to 63 bytes, and warns about anything but ASCII.
      application_name: `trunkline dispatch ${node}`.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 63),
      schema: SCHEMA,
      max: CONNECTIONS,
      connectionTimeoutMillis: 5_000,
      schedule: false,
      superviseIntervalSeconds: 1,
      monitorIntervalSeconds: 1,
      registerInstance: false,
      openTelemetry: { enabled: false },
    });
    boss.on("error", (error) =>
      logger.warn({ err: error }, "the dispatch queue cannot be reached; trying again"),
    );
    boss.on("warning", ({ message, data }) => logger.warn({ data }, `the dispatch queue: ${message}`));
    try {
      await boss.start();
      const settings = {
        heartbeatSeconds: HEARTBEAT_SECONDS,
        expireInSeconds: EXPIRE_SECONDS,
        // A job that was lost a thousand times is given up; the sweep rings for its session.
        retryLimit: 1_000,
      };
      await boss.createQueue(QUEUE, { policy: "stately", ...settings });
      await boss.updateQueue(QUEUE, settings);
    } catch (error) {
      await boss.stop({ graceful: false });
      throw error;
    }
    return new SessionQueue(boss);
  }

  /** @returns whether any of them was not waiting already. */
  async put(bells: readonly Doorbell[]): Promise<boolean> {
    const jobs = bells.map(({ sessionId, ownerId }) => ({
      singletonKey: sessionId,
      group: { id: ownerId },
      data: { sessionId, ownerId },
    }));
    const inserted = await this.#boss.insert(QUEUE, jobs, { returnId: true });
    return inserted !== null && inserted.length > 0;
  }

  /**
   * Takes those that have waited longest and are not active on any node.
   * @param notOf owners whose turn it is not.
   */
  async take(limit: number, notOf: readonly string[]): Promise<TakenSession[]> {
    const jobs = await this.#boss.fetch<Doorbell>(QUEUE, { batchSize: limit, ignoreGroups: [...notOf] });
    return jobs.map(({ id, retryCount, data }) => ({ bell: data, job: { id, retryCount } }));
  }

  /** This node has completed or requeued them. Jobs that it has lost meanwhile are left alone. */
  async drop(jobs: readonly JobAttempt[]): Promise<void> {
    await this.#boss.deleteJob(QUEUE, [...jobs]);
  }

  /** This node is still working on them. */
  async touch(jobs: readonly JobAttempt[]): Promise<void> {
    await this.#boss.touch(QUEUE, [...jobs]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#boss.stop({ graceful: false });
  }
}
