import type { Store } from "../port.ts";
import { notice, readLog } from "./session-log.ts";

/** Appends to many sessions concurrently, awaiting each append, and records what was acknowledged. */
export class AppendLoad {
  acknowledged = 0;
  readonly failures: unknown[] = [];
  readonly #stores: readonly Store[];
  readonly #sessions = new Map<string, Map<string, number>>();
  readonly #waiting = new Set<() => void>();
  #isOver = false;
  #workers: Promise<void>[] = [];

  /** @param stores of one database, which append to the same sessions. */
  constructor(stores: readonly Store[], sessions: readonly string[]) {
    this.#stores = stores;
    for (const id of sessions) this.#sessions.set(id, new Map());
  }

  start(): void {
    this.#workers = [...this.#sessions].flatMap(([sessionId, acknowledged]) =>
      this.#stores.map(async (store, index) => this.#append(store, index, sessionId, acknowledged)),
    );
  }

  /** Resolves after this many more acknowledgements. */
  async more(count: number): Promise<void> {
    const wanted = this.acknowledged + count;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.acknowledged < wanted) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#workers);
  }

  /** Compares the stored with the acknowledged events: reports missing, misplaced and duplicate ones, and gaps. */
  async faults(store: Store): Promise<string[]> {
    const faults: string[] = [];
    for (const [sessionId, acknowledged] of this.#sessions) {
      const log = await readLog(store, sessionId);
      const stored = new Map<string, number>();
      for (const [index, { seq, type, data }] of log.entries()) {
        if (seq !== index + 1) faults.push(`${sessionId}: event ${index + 1} has seq ${seq}`);
        if (type !== "notice") continue;
        if (stored.has(data.message)) faults.push(`${sessionId}: ${data.message} is stored twice`);
        stored.set(data.message, seq);
      }
      for (const [message, seq] of acknowledged) {
        if (stored.get(message) !== seq) faults.push(`${sessionId}: ${message} is not at ${seq}`);
      }
    }
    return faults;
  }

  async #append(
    store: Store,
    writer: number,
    sessionId: string,
    acknowledged: Map<string, number>,
  ): Promise<void> {
    for (let index = 0; !this.#isOver; index++) {
      const message = `${writer} ${index}`;
      try {
        const [event] = await store.append(sessionId, [notice(message)]);
        if (event === undefined) throw new Error("a commit without its event");
        acknowledged.set(message, event.seq);
        this.acknowledged += 1;
      } catch (error) {
        this.failures.push(error);
        return;
      }
      for (const look of this.#waiting) look();
    }
  }
}
