import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SCOPES } from "@trunkline/contract";
import { openSqliteStore } from "../../../apps/server/src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../../apps/server/src/store/port.ts";
import { BenchRun, type Server } from "../measures/bench-run.ts";
import type { SuiteOptions } from "../run-suite.ts";
import { type SeededSession, type SeedOptions, seedSession } from "./seed-session.ts";
import { SessionText } from "./session-text.ts";
import { EVENTS_PER_TASK } from "./task-events.ts";

/** A data directory for a measure, and its sessions. */
export interface Seeded {
  dataDir: string;
  sessions: SeededSession[];
  /** The one with a long log. */
  long: SeededSession;
}

export interface Sizes {
  sessions: number;
  tasksPerSession: number;
  longEvents: number;
}

/** Stores seeded once for all measures, and removed with the run. */
export class ScaleRun implements AsyncDisposable {
  readonly quick: boolean;
  readonly big: Sizes;
  readonly small: Sizes;
  readonly #bench: BenchRun;
  readonly #directories: string[] = [];
  readonly #seeded = new Map<Sizes, Seeded>();

  constructor(options: SuiteOptions) {
    this.quick = options.quick;
    this.#bench = new BenchRun(options);
    this.big = { sessions: 10_000, tasksPerSession: 1, longEvents: this.quick ? 100_000 : 1_000_000 };
    this.small = { sessions: 20, tasksPerSession: 1, longEvents: 400 };
  }

  get bench(): BenchRun {
    return this.#bench;
  }

  async server(sizes: Sizes): Promise<{ server: Server; seeded: Seeded }> {
    const seeded = await this.seed(sizes);
    return { seeded, server: await this.#bench.startServer({ dataDir: seeded.dataDir }) };
  }

  async seed(sizes: Sizes): Promise<Seeded> {
    const earlier = this.#seeded.get(sizes);
    if (earlier !== undefined) return earlier;
    const startedAt = performance.now();
    const lengths = { answer: 30, output: 20 };
    const seeded = await this.seedWith(lengths, async (store, options) => {
      const long = await seedSession(store, Math.ceil(sizes.longEvents / EVENTS_PER_TASK), options);
      const sessions = [];
      for (let count = 0; count < sizes.sessions; count += 100) {
        const batch = Math.min(100, sizes.sessions - count);
        sessions.push(
          ...(await Promise.all(
            Array.from({ length: batch }, () => seedSession(store, sizes.tasksPerSession, options)),
          )),
        );
      }
      return { sessions, long };
    });
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
    console.log(
      `(seeded ${sizes.sessions} sessions and a log of ${sizes.longEvents} events directly through the store: ${seconds} s)`,
    );
    this.#seeded.set(sizes, seeded);
    return seeded;
  }

  /** Fills a new data directory directly: over HTTP it would take hours. */
  async seedWith<Result>(
    lengths: SeedOptions["lengths"],
    fill: (store: Store, options: SeedOptions) => Promise<Result>,
  ): Promise<Result & { dataDir: string }> {
    const dataDir = await mkdtemp(join(tmpdir(), "trunkline-scale-"));
    this.#directories.push(dataDir);
    const first = await this.#bench.startServer({ dataDir });
    const { databasePath: path } = first;
    // The sessions' owner: the user created by the server.
    const { ownerId } = await first.fixture.client.session.create.mutate({});
    await first[Symbol.asyncDispose]();
    const store = await openSqliteStore({
      path,
      now: Date.now,
      onFatal: (error) => {
        throw error;
      },
    });
    const owner = { userId: ownerId, name: "owner", scopes: SCOPES };
    const result = await fill(store, { owner, text: new SessionText(2), lengths });
    await store.close();
    return { ...result, dataDir };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const directory of this.#directories) await rm(directory, { recursive: true, force: true });
  }
}
