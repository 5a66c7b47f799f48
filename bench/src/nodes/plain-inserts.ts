import { Client } from "pg";

/** Concurrent connections, slightly more than a node commits with. */
const CONNECTIONS = 8;

/**
 * Yardstick: an event appended with plain `pg`, the minimum that keeps an order: a counter row and the event in one
 * transaction, durable when acknowledged.
 * @returns appends per second.
 */
export async function measurePlainInserts(url: string, durationMs: number): Promise<number> {
  const clients = Array.from({ length: CONNECTIONS }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map(async (client) => client.connect()));
  const [first] = clients;
  await first?.query(`
    create schema if not exists plain;
    create table if not exists plain.counters (id text primary key, seq bigint not null);
    create table if not exists plain.events (id text, seq bigint, at bigint, data text, primary key (id, seq));`);
  try {
    let appends = 0;
    const end = performance.now() + durationMs;
    await Promise.all(
      clients.map(async (client, index) => {
        const id = `c${index}`;
        await client.query("insert into plain.counters values ($1, 0) on conflict do nothing", [id]);
        while (performance.now() < end) {
          await client.query("begin");
          const { rows } = await client.query<{ seq: string }>(
            "update plain.counters set seq = seq + 1 where id = $1 returning seq",
            [id],
          );
          await client.query("insert into plain.events values ($1, $2, $3, $4)", [
            id,
            rows[0]?.seq,
            Date.now(),
            DATA,
          ]);
          await client.query("commit");
          appends += 1;
        }
      }),
    );
    return (appends / durationMs) * 1_000;
  } finally {
    await first?.query("drop schema plain cascade");
    await Promise.all(clients.map(async (client) => client.end()));
  }
}

const DATA = JSON.stringify({ level: "info", message: "x".repeat(60) });
