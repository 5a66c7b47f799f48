import { randomUUID } from "node:crypto";
import type { SessionEvent } from "@trunkline/contract";
import type { ClientConfig } from "pg";
import type { Commit, CommitResult } from "../commit.ts";
import type { Settled } from "../group-commit.ts";
import { StoreUnavailableError } from "../port.ts";
import { Refused } from "../refusal.ts";
import { toSettled } from "../settled-commit.ts";
import { asRefusal } from "./as-refusal.ts";
import { batchStatements } from "./batch-statements.ts";
import { evaluateBatch } from "./evaluate-batch.ts";
import { describeFault, faultOf } from "./fault.ts";
import { type Backend, LaneConnection } from "./lane-connection.ts";
import { lockAndLoad } from "./loaded-rows.ts";
import type { Patience } from "./patience.ts";
import { type PlannedCommit, planCommit } from "./planned-commit.ts";
import { rowsNeeded } from "./rows-needed.ts";

/** A batch's result, whether or not it is known yet to be committed. */
interface Outcome {
  at: number;
  results: (CommitResult | Error)[];
}

/** A batch whose COMMIT was sent but not answered. */
interface UnknownCommit {
  batch: number;
  backend: Backend;
  outcome: Outcome;
}

/** Commits one batch at a time on its own connection, which is reopened when lost. */
export class Lane {
  readonly #id = randomUUID();
  readonly #config: ClientConfig;
  readonly #patience: Patience;
  readonly #now: () => number;
  #connection: LaneConnection | undefined;
  #batch = 0;

  /** @param now integer ms since the epoch. */
  constructor(config: ClientConfig, patience: Patience, now: () => number) {
    this.#config = config;
    this.#patience = patience;
    this.#now = now;
  }

  /**
   * @returns each commit's result, in order.
   * @throws StoreUnavailableError if the database is unusable or full.
   */
  async commit(commits: readonly Commit[]): Promise<Settled<SessionEvent[]>[]> {
    const planned: PlannedCommit[] = [];
    const invalid = new Map<Commit, Error>();
    for (const commit of commits) {
      try {
        planned.push(planCommit(commit));
      } catch (error) {
        invalid.set(commit, error instanceof Error ? error : new Error(String(error)));
      }
    }
    const settled = new Map<Commit, Settled<SessionEvent[]>>();
    for (const [commit, error] of invalid) settled.set(commit, { ok: false, error });
    for (const [{ commit }, result] of await this.#commitAll(planned)) settled.set(commit, result);
    return commits.map((commit) => settled.get(commit) ?? toSettled(commit, 0, undefined));
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined || connection.isLost) return;
    try {
      await connection.query("delete from commit_marks where lane = $1", [this.#id]);
      await connection.close();
    } catch {
      // It was lost at the end: nothing is open any more.
      connection.destroy();
    }
  }

  async #commitAll(planned: readonly PlannedCommit[]): Promise<[PlannedCommit, Settled<SessionEvent[]>][]> {
    if (planned.length === 0) return [];
    let outcome: Outcome;
    try {
      outcome = await this.#persist(planned);
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal === undefined) throw error;
      const [only, ...others] = planned;
      if (only !== undefined && others.length === 0) return [[only, toSettled(only.commit, 0, refusal)]];
      // The database refuses one of them: commit each by itself, so that the others are stored.
      const settled: [PlannedCommit, Settled<SessionEvent[]>][] = [];
      for (const one of planned) settled.push(...(await this.#commitAll([one])));
      return settled;
    }
    const { at, results } = outcome;
    return planned.map((one, index) => {
      const result = results[index];
      return [
        one,
        result instanceof Error ? { ok: false, error: result } : toSettled(one.commit, at, result),
      ];
    });
  }

  /** Retries while patience lasts, and never stores anything twice. */
  async #persist(planned: readonly PlannedCommit[]): Promise<Outcome> {
    let unknown: UnknownCommit | undefined;
    for (let tries = 1; ; tries++) {
      let sent: UnknownCommit | undefined;
      try {
        const connection = await this.#connected();
        if (unknown !== undefined) {
          if ((await this.#lastCommitted(connection, unknown.backend)) === unknown.batch) {
            this.#patience.succeeded();
            return unknown.outcome;
          }
          unknown = undefined;
        }
        const outcome = await this.#attempt(connection, planned, (commit) => {
          sent = commit;
        });
        this.#patience.succeeded();
        return outcome;
      } catch (error) {
        if (error instanceof Refused) throw error;
        const fault = faultOf(error);
        if (fault === "lost") {
          this.#drop();
          // On any other error PostgreSQL itself reports a rollback.
          unknown ??= sent;
        }
        if (fault === "statement") throw error;
        if (fault === "full") throw full(error);
        if (!(await this.#patience.again(tries, error))) throw unavailable(error);
      }
    }
  }

  /** @param sent called just before COMMIT is sent. */
  async #attempt(
    connection: LaneConnection,
    planned: readonly PlannedCommit[],
    sent: (unknown: UnknownCommit) => void,
  ): Promise<Outcome> {
    const at = this.#now();
    const needed = rowsNeeded(planned);
    const [, loaded] = await together(
      connection.flight(() => [connection.query("begin"), lockAndLoad(connection, needed)] as const),
    ).catch(async (error: unknown) => this.#rollback(connection, error));
    const { results, writes } = evaluateBatch(planned, loaded, needed, at);
    const outcome = { at, results };
    if (!results.some((result) => typeof result === "number")) {
      await connection.query("rollback");
      return outcome;
    }
    const batch = ++this.#batch;
    const statements = batchStatements(writes, { lane: this.#id, batch, at });
    const unknown = { batch, backend: connection.backend, outcome };
    const isGuarded = statements.some(({ expectRows }) => expectRows !== undefined);
    const run = async ({ sql, parameters, expectRows }: (typeof statements)[number]): Promise<void> => {
      const { rowCount } = await connection.query(sql, parameters);
      if (expectRows !== undefined && rowCount !== expectRows) {
        throw new Refused("guard", `${rowCount ?? 0} rows instead of ${expectRows}`, "row");
      }
    };
    if (isGuarded) {
      await together(connection.flight(() => statements.map(run))).catch(async (error: unknown) =>
        this.#rollback(connection, error),
      );
      sent(unknown);
      await connection.query("commit");
    } else {
      // After a failed statement, COMMIT rolls back.
      sent(unknown);
      await together(connection.flight(() => [...statements.map(run), connection.query("commit")]));
    }
    return outcome;
  }

  async #rollback(connection: LaneConnection, error: unknown): Promise<never> {
    if (error instanceof Refused || faultOf(error) !== "lost") await connection.query("rollback");
    throw error;
  }

  /**
   * The last committed batch of this lane. Once its backend is gone, the outcome is final: a commit in progress is
   * finished first.
   */
  async #lastCommitted(connection: LaneConnection, { pid, start }: Backend): Promise<number> {
    await connection.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and backend_start = $2::timestamptz`,
      [pid, start],
    );
    const { rows } = await connection.query<{ batch: number }>(
      "select batch from commit_marks where lane = $1 for update",
      [this.#id],
    );
    return rows[0]?.batch ?? 0;
  }

  async #connected(): Promise<LaneConnection> {
    if (this.#connection?.isLost === true) this.#drop();
    this.#connection ??= await LaneConnection.open(this.#config, this.#id);
    return this.#connection;
  }

  #drop(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }
}

/** Waits for all, even if one fails: answers come in order on one connection. @throws the first error. */
async function together<T extends readonly unknown[]>(promises: {
  [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  const settled = await Promise.allSettled(promises);
  for (const result of settled) if (result.status === "rejected") throw result.reason;
  return settled.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

function unavailable(error: unknown): StoreUnavailableError {
  return new StoreUnavailableError(
    "unavailable",
    `PostgreSQL cannot be reached (${describeFault(error)}): it is tried again with the next request`,
  );
}

function full(error: unknown): StoreUnavailableError {
  return new StoreUnavailableError(
    "storage_full",
    "The disk of PostgreSQL is full: make room, then try again",
    {
      cause: error,
    },
  );
}
