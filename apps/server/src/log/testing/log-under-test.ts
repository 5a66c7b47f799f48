import type { AppendOptions, Store, StoredDraft } from "../../store/port.ts";
import type { LosableStore } from "../../store/testing/losable-store.ts";
import type { Log } from "../port.ts";
import type { Follower } from "./follower.ts";
import { soloLog } from "./solo-log.ts";

/** What `log.append` takes. */
export type Append = [sessionId: string, events: StoredDraft[], options?: AppendOptions];

/** A log on a real store, which can be closed, or lost, and opened again on the same data. */
export class LogUnderTest implements AsyncDisposable {
  followers: Follower[] = [];
  readonly #losable: LosableStore;
  #store: Store;
  #log: Log;

  private constructor(losable: LosableStore, store: Store) {
    this.#losable = losable;
    this.#store = store;
    this.#log = soloLog(store);
  }

  static async open(losable: LosableStore): Promise<LogUnderTest> {
    return new LogUnderTest(losable, await losable.open());
  }

  get store(): Store {
    return this.#store;
  }

  get log(): Log {
    return this.#log;
  }

  async reopen(): Promise<void> {
    await this.#store.close();
    this.#store = await this.#losable.open();
    this.#log = soloLog(this.#store);
    for (const follower of this.followers) await follower.reconnect(this.#log);
  }

  /**
   * Appends the units one after another, and loses the store at one of them, before or after it was stored.
   * @returns how many units were acknowledged.
   */
  async crash(units: readonly Append[], moment: "before" | "after", at: number): Promise<number> {
    const die = async (): Promise<void> => this.#losable.lose(this.#store, moment);
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
