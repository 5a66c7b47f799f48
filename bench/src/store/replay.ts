import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { BenchLog } from "./bench-log.ts";
import { type Measurement, measure } from "./measure.ts";
import { RawSqlite } from "./raw-sqlite.ts";

/** One subscriber reads a long log from its beginning. The latency is that of the first batch. */
export async function measureReplay(parent: string, scale: number): Promise<Measurement[]> {
  const directory = join(parent, "replay");
  await mkdir(directory);
  const appends = Math.round(1_000 * scale);
  using raw = new RawSqlite(directory);
  await raw.append("", appends, 100);
  await using bench = await BenchLog.open(directory);
  // Sessions that grow in parallel, as in real use: their rows are interleaved.
  const [first, ...others] = await bench.createSessions(10);
  if (first === undefined) throw new Error("no session");
  for (let index = 0; index < appends; index++) {
    await Promise.all([
      bench.appendMany(first, 100),
      ...others.map(async (sessionId) => bench.appendMany(sessionId, 10)),
    ]);
  }
  const results = [];
  for (const round of ["first", "again"]) {
    results.push(
      await raw.replay(`better-sqlite3: select and parse ${appends * 100} events, ${round}`),
      await measure(`log.follow: ${appends * 100} events, ${round}`, async (latencies) => {
        const controller = new AbortController();
        const startedAt = performance.now();
        let events = 0;
        for await (const batch of bench.log.follow(first, 0, controller.signal)) {
          if (events === 0) latencies.add(performance.now() - startedAt);
          events += batch.events.length;
          if (batch.live) controller.abort();
        }
        return events;
      }),
    );
  }
  return results;
}
