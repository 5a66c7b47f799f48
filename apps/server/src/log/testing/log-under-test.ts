import type { AppendOptions, Store, StoredDraft } from "../../store/port.ts";
import { SqliteStore, openSqliteStore } from "../../store/sqlite/sqlite-store.ts";
import type { Log } from "../port.ts";
import type { Follower } from "./follower.ts";
import { soloLog } from "./solo-log.ts";

/** What `log.append` takes. */
export type Append = [sessionId: string, events: StoredDraft[], options?: AppendOptions];

/** A writer thread that can be told to die. */
const DYING_WRITER = new URL("../../store/testing/dying-writer.ts", import.meta.url);

/** A log on a real store, which can be closed, or lost, and opened again on the same files. */
export class LogUnderTest implements AsyncDisposable {
  followers: Follower[] = [];
  readonly #path: string;
  #store: Store;
  #log: Log;

  private constructor(path: string, store: Store) {
    this.#path = path;
    this.#store = store;
    this.#log = soloLog(store);
  }

  static async open(path: string): Promise<LogUnderTest> {
    await (await openSqliteStore({ path, now: Date.now, onFatal: () => undefined })).close();
    return new LogUnderTest(path, await openStore(path));
  }

  get store(): Store {
    return this.#store;
  }

  get log(): Log {
    return this.#log;
  }

  async reopen(): Promise<void> {
    await this.#store.close();
    this.#store = await openStore(this.#path);
    this.#log = soloLog(this.#store);
    for (const follower of this.followers) await follower.reconnect(this.#log);
  }

  /**
   * Appends the units one after another, and loses the writer thread at one of them, before or after it was stored.
   * @returns how many units were acknowledged.
   */
  async crash(units: readonly Append[], moment: "before" | "after", at: number): Promise<number> {
    // The writer thread hears it among the parameters.
    const die = async (): Promise<void> => this.#store.tokens.touch(`please exit ${moment}`, 0);
    const appends: Promise<unknown>[] = units.flatMap((unit, index) => [
      ...(index === at ? [die()] : []),
      this.#log.append(...unit),
    ]);
    if (at >= units.length) appends.push(die());
    const settled = await Promise.allSettled(appends);
    const acknowledged = settled.filter(
      ({ status }, index) => status === "fulfilled" && index !== Math.min(at, units.length),
    );
    await this.reopen();
    return acknowledged.length;
  }

  async forgetFollowers(): Promise<void> {
    for (const follower of this.followers) await follower.stop();
    this.followers = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.forgetFollowers();
    await this.#store.close();
  }
}

async function openStore(path: string): Promise<Store> {
  return SqliteStore.open({ path, now: Date.now, onFatal: () => undefined }, DYING_WRITER);
}
