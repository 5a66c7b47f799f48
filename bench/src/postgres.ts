/**
 * The store on PostgreSQL and the log, alternating with plain `pg`, on a separate PostgreSQL. BENCH_SCALE=0.1 makes it
 * quick and rough; TMPDIR chooses the disk.
 */
import { PostgresServer } from "@trunkline/testkit";
import { openPostgresStore } from "../../apps/server/src/store/postgres/postgres-store.ts";
import { BenchLog } from "./store/bench-log.ts";
import { type Measurement, measure, printTable } from "./store/measure.ts";
import { RawPostgres } from "./store/raw-postgres.ts";

const SESSIONS = 50;
/** As many as the store commits with. */
const LANES = 4;
/** The median counts: other load on the machine affects ours and the yardstick at random. */
const ROUNDS = 7;

const scale = Number(process.env["BENCH_SCALE"] ?? 1);
await using server = await PostgresServer.start();
const url = await server.createDatabase();
await using raw = await RawPostgres.open(await server.createDatabase(), LANES);
await using rawOne = await RawPostgres.open(await server.createDatabase(), 1);
const store = await openPostgresStore({ url, node: "bench", now: Date.now, logger: console });
await using bench = new BenchLog(store);
const sessions = await bench.createSessions(SESSIONS);

/** @returns transactions that stored events so far. */
async function transactions(): Promise<number> {
  const database = new URL(url).pathname.slice(1);
  const [row] = await server.sql<{ done: number }>(
    "select sum(batch)::int as done from trunkline.commit_marks",
    database,
  );
  return row?.done ?? 0;
}

async function append(
  what: string,
  ids: readonly string[],
  events: number,
  piecesEach: number,
): Promise<Measurement> {
  return measure(what, async (latencies) => {
    const each = Math.max(1, Math.round(events / ids.length / piecesEach));
    await Promise.all(
      ids.map(async (id) => {
        for (let index = 0; index < each; index++) {
          const startedAt = performance.now();
          if (piecesEach === 1) await bench.appendPiece(id, `m${index}`);
          else await bench.appendMany(id, piecesEach);
          latencies.add(performance.now() - startedAt);
        }
      }),
    );
    return each * ids.length * piecesEach;
  });
}

const rows: Measurement[] = [];
const ratios: string[] = [];
for (const { what, ids, pieces, events, yardstick } of [
  {
    what: "1 session, each append awaited",
    ids: sessions.slice(0, 1),
    pieces: 1,
    events: 400,
    yardstick: rawOne,
  },
  {
    what: `${SESSIONS} sessions, each append awaited`,
    ids: sessions,
    pieces: 1,
    events: 5_000,
    yardstick: raw,
  },
  {
    what: `${SESSIONS} sessions, 20 events per append`,
    ids: sessions,
    pieces: 20,
    events: 20_000,
    yardstick: raw,
  },
]) {
  const count = events * scale;
  // Warm up both, with equally large transactions.
  const before = await transactions();
  await append(what, ids, count, pieces);
  const size = Math.max(1, Math.round(count / ((await transactions()) - before)));
  const alike = { sessions: Math.max(1, Math.round(size / pieces)), eventsEach: pieces };
  const named = `pg: ${yardstick.connections} connections, ${alike.sessions} × ${pieces} events per transaction`;
  await yardstick.append(named, count / 4, alike);
  const ours: Measurement[] = [];
  const theirs: Measurement[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    theirs.push(await yardstick.append(named, count, alike));
    ours.push(await append(`log: ${what}`, ids, count, pieces));
  }
  rows.push(middle(theirs), middle(ours));
  const each = ours.map(({ perSecond }, round) => perSecond / (theirs[round]?.perSecond ?? Number.NaN));
  ratios.push(`${each.toSorted((a, b) => a - b)[ROUNDS >> 1]?.toFixed(2)} (${what})`);
}
printTable(`Appends on PostgreSQL, the middle of ${ROUNDS} rounds`, rows);
console.log(`\nOf what plain pg does with the same batches in the round: ${ratios.join(", ")}`);

function middle(rounds: readonly Measurement[]): Measurement {
  const [first] = rounds;
  if (first === undefined) throw new Error("no round");
  return rounds.toSorted((a, b) => a.perSecond - b.perSecond)[rounds.length >> 1] ?? first;
}
