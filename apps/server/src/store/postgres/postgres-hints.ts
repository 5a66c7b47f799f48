import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Client, type ClientConfig } from "pg";
import type { Logger } from "pino";
import type { Hint, Hints } from "../../hints/port.ts";
import { connectionConfig, type ConnectionLimits } from "./connection-config.ts";
import { describeFault } from "./fault.ts";
import { HintBatch, readPayload } from "./hint-batch.ts";

export interface PostgresHintsOptions {
  /** The database shared by the nodes. */
  url: string;
  /** This node's name in PostgreSQL's list of connections. */
  node: string;
  logger: Pick<Logger, "info" | "warn">;
}

/** Channel, per database and so for all its nodes. */
const CHANNEL = "trunkline_hints";

/** Minimum interval between a node's notifications, in ms: each briefly blocks those of all others. */
const SPACING_MS = 10;
/** Interval of checking the connection, in ms. */
const HEARTBEAT_MS = 3_000;
const FAREWELL_MS = 1_000;
const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 1_000;

const LIMITS: ConnectionLimits = {
  statementMs: 3_000,
  lockMs: 3_000,
  idleInTransactionMs: 3_000,
  answerMs: 4_000,
  connectMs: 3_000,
};

/**
 * Hints by LISTEN and NOTIFY, on a separate connection: NOTIFY takes a lock shared by all notifiers until its commit
 * ends, and commits of the log must not wait for it. Hints sent without a connection wait for the next one, and a node
 * that was without one checks everything.
 */
export class PostgresHints implements Hints {
  readonly #config: ClientConfig;
  readonly #logger: PostgresHintsOptions["logger"];
  readonly #id = randomUUID();
  readonly #listeners: ((hint: Hint) => void)[] = [];
  readonly #stopped = new AbortController();
  #connection: Client | undefined;
  #waiting = new HintBatch();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #sentAt = 0;
  #running: Promise<void> | undefined;

  constructor({ url, node, logger }: PostgresHintsOptions) {
    this.#config = connectionConfig(url, `${node} hints`, LIMITS);
    this.#logger = logger;
  }

  announce(hint: Hint): void {
    this.#waiting.add(hint);
    this.#sendSoon();
  }

  follow(listener: (hint: Hint) => void): void {
    this.#listeners.push(listener);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    await this.#sending;
    await this.#send();
    const connection = this.#connection;
    this.#connection = undefined;
    // If nobody answers any more, close it without a goodbye.
    await Promise.race([
      connection?.end().catch(() => undefined),
      delay(FAREWELL_MS, undefined, { ref: false }),
    ]);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    for (let tries = 0; !signal.aborted; tries++) {
      let error: unknown;
      try {
        error = await this.#listen(() => {
          if (tries > 1) this.#logger.info("hints of other nodes come in again");
          tries = 0;
        });
      } catch (cause) {
        error = cause;
      }
      if (signal.aborted) return;
      if (tries === 1) {
        this.#logger.warn(
          { error: describeFault(error) },
          "hints of other nodes cannot come in; trying again",
        );
      }
      const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** tries);
      // Jitter: nodes that lost the database at once should not return at once.
      await delay(longest * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(
        () => undefined,
      );
    }
  }

  /** Listens for as long as a connection lasts. @returns why it ended. */
  async #listen(onConnected: () => void): Promise<unknown> {
    const connection = new Client(this.#config);
    const lost = Promise.withResolvers<unknown>();
    connection.on("error", lost.resolve);
    connection.on("end", () => lost.resolve(new Error("the connection was closed")));
    connection.on("notification", ({ payload = "" }) => this.#take(payload));
    try {
      await connection.connect();
      // A hint lost in a crash of PostgreSQL does no harm: don't wait for the disk.
      await connection.query("set synchronous_commit = off");
      await connection.query(`listen ${CHANNEL}`);
      if (this.#stopped.signal.aborted) return undefined;
      this.#connection = connection;
      onConnected();
      this.#tell({ type: "missed" });
      this.#sendSoon();
      const heartbeat = setInterval(() => {
        connection.query("select 1").catch(lost.resolve);
      }, HEARTBEAT_MS);
      heartbeat.unref();
      const error = await lost.promise;
      clearInterval(heartbeat);
      return error;
    } finally {
      if (this.#connection === connection) this.#connection = undefined;
      // Without waiting: the connection may be dead.
      connection.end().catch(() => undefined);
    }
  }

  #take(payload: string): void {
    for (const hint of readPayload(payload, this.#id)) this.#tell(hint);
  }

  #tell(hint: Hint): void {
    for (const listener of this.#listeners) listener(hint);
  }

  #sendSoon(): void {
    if (this.#timer !== undefined || this.#sending !== undefined || this.#stopped.signal.aborted) return;
    const waitMs = Math.max(0, this.#sentAt + SPACING_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sending = this.#send().finally(() => {
        this.#sending = undefined;
        if (this.#connection !== undefined && !this.#waiting.isEmpty) this.#sendSoon();
      });
    }, waitMs);
  }

  async #send(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined || this.#waiting.isEmpty) return;
    const batch = this.#waiting;
    this.#waiting = new HintBatch();
    this.#sentAt = performance.now();
    try {
      const text = "select pg_notify($1, payload) from unnest($2::text[]) as payload";
      await connection.query({ name: "notify", text, values: [CHANNEL, batch.payloads(this.#id)] });
    } catch (error) {
      this.#waiting.addAll(batch);
      // The next connection sends them.
      if (this.#connection === connection) this.#connection = undefined;
      connection.emit("error", error instanceof Error ? error : new Error(String(error)));
    }
  }
}
