import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { type Measurement, measure } from "./measure.ts";

/** The yardstick: what `pg` does with the same rows and the same durability, and nothing around it. */
export class RawPostgres implements AsyncDisposable {
  readonly #clients: Client[];

  private constructor(clients: Client[]) {
    this.#clients = clients;
  }

  /** @param url of an empty database. @param connections that are to write at once. */
  static async open(url: string, connections: number): Promise<RawPostgres> {
    const clients = Array.from({ length: connections }, () => new Client({ connectionString: url }));
    await Promise.all(clients.map(async (client) => client.connect()));
    await clients[0]?.query(`
      create table sessions (id text primary key, last_seq bigint not null);
      create table events (
        session_id text not null, seq bigint not null, task_id text, attempt integer, type text not null,
        block_id text, at bigint not null, data text not null, primary key (session_id, seq)
      )`);
    return new RawPostgres(clients);
  }

  get connections(): number {
    return this.#clients.length;
  }

  /**
   * Each connection commits transactions one after another: raise the counters of some sessions, insert events of theirs with
   * one statement, commit.
   * @param size sessions of a transaction, and events of each.
   */
  async append(
    what: string,
    events: number,
    size: { sessions: number; eventsEach: number },
  ): Promise<Measurement> {
    const perTransaction = size.sessions * size.eventsEach;
    const each = Math.max(1, Math.round(events / this.#clients.length / perTransaction));
    return measure(what, async (latencies) => {
      await Promise.all(
        this.#clients.map(async (client) => {
          const sessions = Array.from({ length: size.sessions }, () => randomUUID());
          await client.query("insert into sessions select unnest($1::text[]), 0", [sessions]);
          for (let index = 0; index < each; index++) {
            const startedAt = performance.now();
            await transaction(client, sessions, index * size.eventsEach, size.eventsEach);
            latencies.add(performance.now() - startedAt);
          }
        }),
      );
      return each * this.#clients.length * perTransaction;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map(async (client) => client.end()));
  }
}

async function transaction(
  client: Client,
  sessions: readonly string[],
  from: number,
  eventsEach: number,
): Promise<void> {
  await client.query("begin");
  await client.query({
    name: "raise",
    text: "update sessions set last_seq = last_seq + $1 where id = any($2)",
    values: [eventsEach, sessions],
  });
  const values = sessions.flatMap((id) =>
    Array.from({ length: eventsEach }, (_, index) => [
      id,
      from + index,
      null,
      1,
      "text.delta",
      "block",
      Date.now(),
      DELTA,
    ]),
  );
  const rows = values.map(
    (_, row) => `(${COLUMNS.map((column) => `$${row * COLUMNS.length + column}`).join()})`,
  );
  await client.query({
    name: `insert ${values.length}`,
    text: `insert into events values ${rows.join()}`,
    values: values.flat(),
  });
  await client.query("commit");
}

const COLUMNS = [1, 2, 3, 4, 5, 6, 7, 8];
const DELTA = JSON.stringify({ blockId: "block", text: " token" });
