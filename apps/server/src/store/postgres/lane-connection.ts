import type { Writable } from "node:stream";
import { Client, type ClientConfig, type QueryResult, type QueryResultRow } from "pg";
import { fromPostgres } from "./fault.ts";
import { statementName } from "./statement-names.ts";
import { toStoredText } from "./stored-text.ts";

/** Which backend served a connection: ids of processes are used again, with another start. */
export interface Backend {
  pid: number;
  start: string;
}

/**
 * A connection that commits. Statements are sent without waiting for the answers to those before, so that a transaction
 * takes two round trips and not one for each statement.
 */
export class LaneConnection {
  readonly backend: Backend;
  readonly #client: Client;
  #isLost = false;

  private constructor(client: Client, backend: Backend) {
    this.#client = client;
    this.backend = backend;
  }

  /** @param lane whose mark is made where there is none yet: see commit-mark.ts. */
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

  /** @param values texts as they are; buffers as PostgreSQL's binary form. */
  async query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<QueryResult<Row>> {
    const stored = values.map((value) => (typeof value === "string" ? toStoredText(value) : value));
    // What has no parameters (begin, commit) takes one message and not five.
    const name = values.length === 0 ? undefined : statementName(text, values);
    try {
      return await this.#client.query<Row>(
        name === undefined ? { text, values: stored } : { name, text, values: stored },
      );
    } catch (error) {
      throw fromPostgres(error);
    }
  }

  /** Sends all the queries that `send` makes with one system call. */
  flight<T>(send: () => T): T {
    const stream = streamOf(this.#client);
    stream.cork();
    try {
      return send();
    } finally {
      stream.uncork();
    }
  }

  /** What was sent and not answered is lost. */
  destroy(): void {
    this.#isLost = true;
    destroy(this.#client);
  }

  async close(): Promise<void> {
    this.#isLost = true;
    await this.#client.end();
  }
}

/** Without a word to the server, which may not hear it. */
function destroy(client: Client): void {
  streamOf(client).destroy();
}

function streamOf(client: Client): Writable {
  return (client as unknown as { connection: { stream: Writable } }).connection.stream;
}
