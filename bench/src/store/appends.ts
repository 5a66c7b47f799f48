import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BenchLog } from "./bench-log.ts";
import { type Measurement, measure } from "./measure.ts";
import { RawSqlite } from "./raw-sqlite.ts";

const SESSIONS = 50;

export async function measureAppends(parent: string, scale: number): Promise<Measurement[]> {
  const directory = join(parent, "appends");
  await mkdir(directory);
  using raw = new RawSqlite(directory);
  await using bench = await BenchLog.open(directory);
  const [first, ...others] = await bench.createSessions(SESSIONS);
  if (first === undefined) throw new Error("no session");
  const sessions = [first, ...others];
  const count = Math.round(4_000 * scale);
  // Warm up both.
  await raw.append("", 500, 1);
  for (let index = 0; index < 500; index++) await bench.appendPiece(first, `w${index}`);

  return [
    await raw.append("better-sqlite3: 1 event per transaction", count, 1),
    await measure("log: 1 session, each append awaited", async (latencies) => {
      for (let index = 0; index < count; index++) {
        const startedAt = performance.now();
        await bench.appendPiece(first, `s${index}`);
        latencies.add(performance.now() - startedAt);
      }
      return count;
    }),
    await measure(`log: ${SESSIONS} sessions at once, each append awaited`, async (latencies) => {
      const each = Math.round((count * 5) / SESSIONS);
      await Promise.all(
        sessions.map(async (sessionId) => {
          for (let index = 0; index < each; index++) {
            const startedAt = performance.now();
            await bench.appendPiece(sessionId, `m${index}`);
            latencies.add(performance.now() - startedAt);
          }
        }),
      );
      return each * SESSIONS;
    }),
    await measure(`log: ${SESSIONS} sessions, 100 appends/s each`, async (latencies) =>
      steady(bench, sessions, Math.round(300 * scale), latencies),
    ),
    await measure("log: 1 session, 100 appends/s", async (latencies) =>
      steady(bench, [first], Math.round(500 * scale), latencies),
    ),
    await raw.append("better-sqlite3: 100 events per transaction", Math.round(count / 10), 100),
    await measure("log: 100 events per append", async (latencies) => {
      const appends = Math.round(count / 10);
      for (let index = 0; index < appends; index++) {
        const startedAt = performance.now();
        await bench.appendMany(first, 100);
        latencies.add(performance.now() - startedAt);
      }
      return appends * 100;
    }),
  ];
}

/** Each session appends every 10 ms, regardless of earlier appends, like a provider's tokens. */
async function steady(
  bench: BenchLog,
  sessions: readonly string[],
  each: number,
  latencies: { add(ms: number): void },
): Promise<number> {
  await Promise.all(
    sessions.map(async (sessionId, position) => {
      await delay((10 * position) / sessions.length);
      const begin = performance.now();
      const pending: Promise<void>[] = [];
      for (let index = 0; index < each; index++) {
        const due = begin + index * 10;
        const early = due - performance.now();
        if (early > 0) await delay(early);
        const startedAt = performance.now();
        pending.push(
          bench.appendPiece(sessionId, `r${index}`).then(() => latencies.add(performance.now() - startedAt)),
        );
      }
      await Promise.all(pending);
    }),
  );
  return sessions.length * each;
}
