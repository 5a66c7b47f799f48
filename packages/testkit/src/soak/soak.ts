import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { FakeProviderProcess } from "../fake-provider/fake-provider-process.ts";
import { seededRandom } from "../seeded-random.ts";
import { ServerFixture } from "../server-fixture.ts";
import { heapInUse, inspectorOf } from "./heap-in-use.ts";
import { medianFigures, readServerFigures, type ServerFigures } from "./server-figures.ts";
import { type LoadCounts, loadSession } from "./session-load.ts";

/** Figures of a part of the time. */
export interface SoakPart extends ServerFigures {
  /** From the provider to a subscriber, in ms. */
  p50Ms: number;
  p99Ms: number;
  /** On V8's heap, after a collection; measured outside the time that latencies are measured in. */
  heapBytes: number;
  latencies: number;
}

export interface SoakReport extends LoadCounts {
  start: SoakPart;
  end: SoakPart;
}

/** Parts of the time, as shares: the first begins when caches are warm. */
const START = { from: 0.15, to: 0.35 } as const;
const END = { from: 0.8, to: 1 } as const;
const SAMPLES_PER_PART = 10;

/** Loads a real server for a time with sessions whose subscribers die and whose provider fails. */
export async function soak(options: {
  durationMs: number;
  sessions: number;
  databaseUrl?: string | undefined;
  onSample?: (share: number, figures: ServerFigures) => void;
}): Promise<SoakReport> {
  const { durationMs, sessions, databaseUrl, onSample } = options;
  const temporary = await mkdtemp(join(tmpdir(), "trunkline-soak-"));
  try {
    await using provider = await FakeProviderProcess.start();
    await using server = await ServerFixture.start({
      databaseUrl,
      nodeOptions: ["--inspect=127.0.0.1:0"],
      env: { ...provider.serverEnv, TRUNKLINE_CONCURRENCY: String(sessions), TMPDIR: temporary },
    });
    const inspector = inspectorOf(server.logs);
    const startedAt = performance.now();
    const share = (): number => (performance.now() - startedAt) / durationMs;
    const parts = [START, END].map((part) => ({
      ...part,
      latencies: [] as number[],
      samples: [] as ServerFigures[],
    }));
    const partAt = (at: number) => parts.find(({ from, to }) => at >= from && at < to);
    const counts: LoadCounts = { tasks: 0, tokens: 0, kills: 0, faults: 0, problems: [] };
    const { client } = server;
    const over = new AbortController();
    const loads = Array.from({ length: sessions }, async (_, index) =>
      loadSession({
        client,
        counts,
        random: seededRandom(index + 1),
        onLatency: (ms) => partAt(share())?.latencies.push(ms),
        signal: over.signal,
      }),
    );
    const heaps: number[] = [];
    const everyMs = (durationMs * (START.to - START.from)) / SAMPLES_PER_PART;
    while (share() < 1) {
      if (!server.isRunning) throw new Error(`the server has ended:\n${server.logs.slice(-5_000)}`);
      const at = share();
      const figures = await readServerFigures(server.pid, server.dataDir, temporary);
      partAt(at)?.samples.push(figures);
      if (heaps.length === 0 && at >= START.to) heaps.push(await heapInUse(inspector));
      onSample?.(at, figures);
      await delay(everyMs);
    }
    heaps.push(await heapInUse(inspector));
    // A busy machine may have been away for all of a short part.
    const last = await readServerFigures(server.pid, server.dataDir, temporary);
    for (const { samples } of parts) if (samples.length === 0) samples.push(last);
    over.abort();
    await Promise.all(loads);
    const [start, end] = parts.map(({ latencies, samples }, index) => {
      const sorted = latencies.toSorted((a, b) => a - b);
      const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
      const heapBytes = heaps[index] ?? heaps.at(-1) ?? Number.NaN;
      return {
        ...medianFigures(samples),
        heapBytes,
        p50Ms: at(0.5),
        p99Ms: at(0.99),
        latencies: sorted.length,
      };
    });
    if (start === undefined || end === undefined) throw new Error("there are no two parts");
    return { ...counts, start, end };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
