import type { PostgresPool, PostgresPoolClient } from "kysely";
import { type ClientConfig, Pool } from "pg";
import { callerName } from "../../fairness/caller.ts";
import { FairJobs, type Waiting } from "../../fairness/fair-jobs.ts";
import { StoreUnavailableError } from "../port.ts";
import { describeFault, faultOf, fromPostgres } from "./fault.ts";
import type { Patience } from "./patience.ts";
import { statementName } from "./statement-names.ts";
import { toStoredText } from "./stored-text.ts";

/**
 * Kysely's connection pool for reads. Every statement is a separate read on any free connection, so one interrupted by
 * a lost connection is repeated on another.
 */
export class ReadingPool implements PostgresPool {
  /** Required by Kysely for pools of `pg`. */
  readonly options = {};
  readonly #pool: Pool;
  readonly #patience: Patience;
  readonly #turns: FairJobs;
  readonly #waitMs: number;
  /** The same for everybody: the connection is chosen per statement. */
  readonly #client: PostgresPoolClient = {
    query: (async (sql: string, parameters: readonly unknown[]) =>
      this.read(sql, parameters)) as unknown as PostgresPoolClient["query"],
    release: () => undefined,
  };

  /** @param size maximum connections; without a free one callers wait, in turns, as long as for connecting. */
  constructor(config: ClientConfig, size: number, patience: Patience) {
    this.#pool = new Pool({ ...config, max: size, idleTimeoutMillis: 60_000 });
    // The pool drops a connection lost while idle; without a listener the process would end.
    this.#pool.on("error", () => undefined);
    this.#patience = patience;
    this.#turns = new FairJobs({ atOnce: size, queued: Infinity, queuedOfOwner: Infinity });
    this.#waitMs = config.connectionTimeoutMillis ?? 0;
  }

  async connect(): Promise<PostgresPoolClient> {
    return this.#client;
  }

  /** @throws StoreUnavailableError if PostgreSQL is unreachable or too slow. */
  async read(text: string, parameters: readonly unknown[]) {
    const values = parameters.map((value) => (typeof value === "string" ? toStoredText(value) : value));
    const name = statementName(text, parameters);
    const query = name === undefined ? { text, values } : { name, text, values };
    for (let tries = 1; ; tries++) {
      try {
        const result = await this.#inTurn(async () => this.#pool.query(query));
        this.#patience.succeeded();
        return result;
      } catch (cause) {
        const error = fromPostgres(cause);
        const fault = faultOf(error);
        if (fault === "statement") throw error;
        if (fault === "passing" || !(await this.#patience.again(tries, error))) {
          throw new StoreUnavailableError(
            "unavailable",
            `PostgreSQL does not answer (${describeFault(error)})`,
          );
        }
      }
    }
  }

  /** Asks once, without retries. @throws StoreUnavailableError */
  async ping(): Promise<void> {
    try {
      await this.#pool.query("select 1");
    } catch (error) {
      throw new StoreUnavailableError("unavailable", `PostgreSQL does not answer (${describeFault(error)})`);
    }
  }

  /** So that one caller's thousand reads keep nobody else's waiting. */
  async #inTurn<Result>(read: () => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let hasBegun = false;
    const turn = {
      owner: callerName(),
      isLong: false,
      start: () => {
        hasBegun = true;
        resolve();
      },
    };
    this.#turns.add(turn);
    if (!hasBegun) await this.#waitFor(turn, { promise, reject });
    try {
      return await read();
    } finally {
      this.#turns.ended(turn);
    }
  }

  /** @throws Error after as long as it may take to connect */
  async #waitFor(
    turn: Waiting,
    { promise, reject }: Pick<PromiseWithResolvers<void>, "promise" | "reject">,
  ): Promise<void> {
    const late = (): void => {
      this.#turns.remove(turn);
      reject(new Error("all connections are in use"));
    };
    const timer = this.#waitMs > 0 ? setTimeout(late, this.#waitMs) : undefined;
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}
