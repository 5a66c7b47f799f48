import type { Writable } from "node:stream";
import { Client, type ClientConfig, type QueryResult, type QueryResultRow } from "pg";
import { fromPostgres } from "./fault.ts";
import { statementName } from "./statement-names.ts";
import { toStoredText } from "./stored-text.ts";

/** Identifies a connection's backend: process ids are reused, but with another start time. */
export interface Backend {
  pid: number;
  start: string;
}

/**
 * A connection for commits. Statements are pipelined, so that a transaction takes two round trips instead of one per
 * statement.
 */
export class LaneConnection {
  readonly backend: Backend;
  readonly #client: Client;
  #isLost = false;

  private constructor(client: Client, backend: Backend) {
    this.#client = client;
    this.backend = backend;
  }

  /** @param lane whose mark is created if missing: see commit-mark.ts. */
  static async open(config: ClientConfig, lane: string): Promise<LaneConnection> {
    const client = new Client({ ...config, pipeline: true });
    let isLost = false;
    let connection: LaneConnection | undefined;
    // Without a listener, an error between two statements would end the process.
    client.on("error", () => {
      isLost = true;
      if (connection !== undefined) connection.#isLost = true;
    });
    try {
      await client.connect();
      const [, { rows }] = await Promise.all([
        client.query("insert into commit_marks (lane, batch, at) values ($1, 0, $2) on conflict do nothing", [
          lane,
          Date.now(),
        ]),
        client.query<Backend>(
          "select pid, backend_start::text as start from pg_stat_activity where pid = pg_backend_pid()",
        ),
      ]);
      const [backend = { pid: 0, start: "" }] = rows;
      connection = new LaneConnection(client, backend);
      connection.#isLost = isLost;
      return connection;
    } catch (error) {
      destroy(client);
      throw fromPostgres(error);
    }
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** @param values strings as text; buffers in PostgreSQL's binary format. */
  async query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<QueryResult<Row>> {
    const stored = values.map((value) => (typeof value === "string" ? toStoredText(value) : value));
    // Without parameters (begin, commit) it takes one message instead of five.
    const name = values.length === 0 ? undefined : statementName(text, values);
    try {
      return await this.#client.query<Row>(
        name === undefined ? { text, values: stored } : { name, text, values: stored },
      );
    } catch (error) {
      throw fromPostgres(error);
    }
  }

  /** Sends all queries of `send` with one system call. */
  flight<T>(send: () => T): T {
    const stream = streamOf(this.#client);
    stream.cork();
    try {
      return send();
    } finally {
      stream.uncork();
    }
  }

  /** What was sent but not answered is lost. */
  destroy(): void {
    this.#isLost = true;
    destroy(this.#client);
  }

  async close(): Promise<void> {
    this.#isLost = true;
    await this.#client.end();
  }
}

/** Without telling the server, which may not hear it. */
function destroy(client: Client): void {
  streamOf(client).destroy();
}

function streamOf(client: Client): Writable {
  return (client as unknown as { connection: { stream: Writable } }).connection.stream;
}
