import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Client, type ClientConfig } from "pg";
import type { Logger } from "pino";
import type { Hint, Hints } from "../../hints/port.ts";
import { connectionConfig, type ConnectionLimits } from "./connection-config.ts";
import { describeFault } from "./fault.ts";
import { HintBatch, readPayload } from "./hint-batch.ts";

export interface PostgresHintsOptions {
  /** Of the database that the nodes share. */
  url: string;
  /** Of this node, for who looks at PostgreSQL's connections. */
  node: string;
  logger: Pick<Logger, "info" | "warn">;
}

/** Of the database, and so of all its nodes. */
const CHANNEL = "trunkline_hints";

/** Between two notifications of a node, in ms: each holds up those of all others for a moment. */
const SPACING_MS = 10;
/** How often to ask whether the connection is still one, in ms. */
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
 * Hints by LISTEN and NOTIFY, on a connection of their own: NOTIFY takes a lock that all who notify share, until its commit
 * ends, and commits of the log must not stand in that queue. What is told while there is no connection waits for the next,
 * and whoever was without one looks at everything.
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
    // Where nobody answers any more, it ends without a farewell.
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
      // Nodes that lost the database at once do not come back at once.
      await delay(longest * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(
        () => undefined,
      );
    }
  }

  /** Listens for as long as one connection lasts. @returns why it did not last longer. */
  async #listen(onConnected: () => void): Promise<unknown> {
    const connection = new Client(this.#config);
    const lost = Promise.withResolvers<unknown>();
    connection.on("error", lost.resolve);
    connection.on("end", () => lost.resolve(new Error("the connection was closed")));
    connection.on("notification", ({ payload = "" }) => this.#take(payload));
    try {
      await connection.connect();
      // A hint that a crash of PostgreSQL loses is made up for: nobody waits for the disk.
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
      // Without waiting: it may be one that nobody answers on any more.
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
      // The next connection tells them.
      if (this.#connection === connection) this.#connection = undefined;
      connection.emit("error", error instanceof Error ? error : new Error(String(error)));
    }
  }
}
