import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { BenchLog } from "./bench-log.ts";
import { type Measurement, measure } from "./measure.ts";

/** Cost of an append in an empty store, and in one with 10,000 sessions and 1,000,000 events. */
export async function measureGrowth(parent: string, scale: number): Promise<Measurement[]> {
  const directory = join(parent, "growth");
  await mkdir(directory);
  await using bench = await BenchLog.open(directory);
  const count = Math.round(4_000 * scale);
  const early = await bench.createSessions(50);
  // Warm-up.
  await Promise.all(early.map(async (id) => appends(bench, [id], 40)));
  const results = [
    await one(bench, "empty store: 1 session", early.slice(0, 1), count),
    await many(bench, "empty store: 50 sessions at once", early, count),
  ];

  const sessions = await bench.createSessions(Math.round(10_000 * scale));
  const share = 100;
  for (let start = 0; start < sessions.length; start += 50) {
    await Promise.all(sessions.slice(start, start + 50).map(async (id) => bench.appendMany(id, share)));
  }
  const [long] = await bench.createSessions(1);
  if (long === undefined) throw new Error("no session");
  for (let index = 0; index < 1_000 * scale; index++) await bench.appendMany(long, 100);

  const fresh = await bench.createSessions(50);
  await Promise.all(fresh.map(async (id) => appends(bench, [id], 40)));

  const full = `${sessions.length} sessions, ${sessions.length * share + 100_000 * scale} events`;
  const spread = Array.from({ length: 50 }, (_, index) => sessions[index * Math.floor(sessions.length / 50)]);
  results.push(
    await one(bench, `${full}: 1 session`, fresh.slice(0, 1), count),
    await one(bench, `${full}: 1 session with a long log`, [long], count),
    await many(bench, `${full}: 50 new sessions at once`, fresh, count),
    await many(
      bench,
      `${full}: 50 of all ages at once`,
      spread.filter((id) => id !== undefined),
      count,
    ),
    await one(bench, `${full}: another session each time`, sessions, count),
  );
  return results;
}

async function one(bench: BenchLog, what: string, sessions: readonly string[], count: number) {
  return measure(what, async (latencies) => appends(bench, sessions, count, latencies));
}

async function many(bench: BenchLog, what: string, sessions: readonly string[], count: number) {
  return measure(what, async (latencies) => {
    const each = Math.round((count * 5) / sessions.length);
    await Promise.all(sessions.map(async (id) => appends(bench, [id], each, latencies)));
    return each * sessions.length;
  });
}

async function appends(
  bench: BenchLog,
  sessions: readonly string[],
  count: number,
  latencies?: { add(ms: number): void },
): Promise<number> {
  for (let index = 0; index < count; index++) {
    const sessionId = sessions[index % sessions.length];
    if (sessionId === undefined) throw new Error("no session");
    const startedAt = performance.now();
    await bench.appendPiece(sessionId, `g${index}`);
    latencies?.add(performance.now() - startedAt);
  }
  return count;
}
