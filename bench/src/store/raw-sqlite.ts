import { randomUUID } from "node:crypto";
import { join } from "node:path";
import Database from "better-sqlite3";
import { type Measurement, measure } from "./measure.ts";

/** Yardstick: better-sqlite3 with the same rows and the same durability, and nothing else. */
export class RawSqlite implements Disposable {
  readonly #database: Database.Database;
  readonly #sessionId = randomUUID();

  constructor(directory: string) {
    this.#database = new Database(join(directory, "raw.db"));
    this.#database.pragma("journal_mode = WAL");
    this.#database.pragma("synchronous = FULL");
    this.#database.exec(`
      create table sessions (id text primary key, last_seq integer not null);
      create table events (
        session_id text not null, seq integer not null, task_id text, attempt integer, type text not null,
        block_id text, at integer not null, data text not null, primary key (session_id, seq)
      ) without rowid`);
    this.#database.prepare("insert into sessions values (?, 0)").run(this.#sessionId);
  }

  /** Transactions of `size` events each: raise the counter, insert, commit with a sync. */
  async append(what: string, transactions: number, size: number): Promise<Measurement> {
    const begin = this.#database.prepare("begin immediate");
    const commit = this.#database.prepare("commit");
    const raise = this.#database
      .prepare<[number, string], number>(
        "update sessions set last_seq = last_seq + ? where id = ? returning last_seq",
      )
      .pluck();
    const insert = this.#database.prepare("insert into events values (?, ?, ?, ?, ?, ?, ?, ?)");
    const taskId = randomUUID();
    return measure(what, async (latencies) => {
      for (let index = 0; index < transactions; index++) {
        const startedAt = performance.now();
        begin.run();
        let seq = (raise.get(size, this.#sessionId) ?? 0) - size;
        for (let event = 0; event < size; event++) {
          seq += 1;
          insert.run(this.#sessionId, seq, taskId, 1, "text.delta", "block", Date.now(), DELTA);
        }
        commit.run();
        latencies.add(performance.now() - startedAt);
      }
      return transactions * size;
    });
  }

  /** Reads all events of the session in pages, and parses them. */
  async replay(what: string): Promise<Measurement> {
    const page = this.#database.prepare<[string, number], { seq: number; data: string }>(
      "select session_id, seq, task_id, type, at, data from events where session_id = ? and seq > ? order by seq limit 500",
    );
    return measure(what, async () => {
      let events = 0;
      for (let after = 0; ;) {
        const rows = page.all(this.#sessionId, after);
        for (const row of rows) JSON.parse(row.data);
        events += rows.length;
        if (rows.length === 0) return events;
        after = rows.at(-1)?.seq ?? after;
      }
    });
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

const DELTA = JSON.stringify({ blockId: "block", text: " token" });
