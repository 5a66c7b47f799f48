import { setTimeout as delay } from "node:timers/promises";
import { Client, type ClientConfig } from "pg";
import { KeyLock } from "../../locks/port.ts";
import { StoreUnavailableError } from "../port.ts";
import type { Turns } from "../ports/turns.ts";
import { describeFault, faultOf, fromPostgres } from "./fault.ts";
import type { Patience } from "./patience.ts";

/** How often a turn that another node has is asked for, in ms. */
const ASK_EVERY_MS = 50;
const LONGEST_WAIT_MS = 120_000;

/**
 * Turns by advisory locks: PostgreSQL ends them with the node's connection. All of a node are on one connection, however many
 * wait, so that nobody's waiting takes connections from others. If it is lost, others may begin before a turn has ended:
 * what is done in one has to be right, if not once only, after a crash in the middle of it.
 */
export class PostgresTurns implements Turns {
  readonly #config: ClientConfig;
  readonly #patience: Patience;
  readonly #own = new KeyLock();
  #connection: Promise<Client> | undefined;
  #isClosed = false;

  constructor(config: ClientConfig, patience: Patience) {
    this.#config = config;
    this.#patience = patience;
  }

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#own.run(name, async () => {
      await this.#take(name);
      try {
        return await work();
      } finally {
        // A lost connection has ended it.
        await this.#ask("select pg_advisory_unlock(hashtextextended($1, 0)) as done", name).catch(
          () => undefined,
        );
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const connection = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    await connection?.end().catch(() => undefined);
  }

  async #take(name: string): Promise<void> {
    const begun = performance.now();
    for (let tries = 1; ;) {
      try {
        const isTaken = await this.#ask("select pg_try_advisory_lock(hashtextextended($1, 0)) as done", name);
        this.#patience.succeeded();
        if (isTaken) return;
      } catch (error) {
        if (faultOf(error) === "statement") throw error;
        if (!(await this.#patience.again(tries++, error))) {
          throw new StoreUnavailableError(
            "unavailable",
            `PostgreSQL cannot be reached (${describeFault(error)})`,
          );
        }
        continue;
      }
      if (performance.now() - begun > LONGEST_WAIT_MS) {
        throw new StoreUnavailableError(
          "unavailable",
          "Another server is still at work on it. Try again later",
        );
      }
      await delay(ASK_EVERY_MS);
    }
  }

  async #ask(sql: string, name: string): Promise<boolean> {
    if (this.#isClosed) throw new StoreUnavailableError("unavailable", "The server is stopping");
    this.#connection ??= this.#open();
    const used = this.#connection;
    try {
      const { rows } = await (await used).query<{ done: boolean }>(sql, [name]);
      return rows[0]?.done === true;
    } catch (error) {
      const fault = fromPostgres(error);
      if (faultOf(fault) === "lost" && this.#connection === used) {
        this.#connection = undefined;
        void used.then(async (client) => client.end()).catch(() => undefined);
      }
      throw fault;
    }
  }

  async #open(): Promise<Client> {
    const client = new Client(this.#config);
    // Without a listener, an error between two questions would end the process; the next question meets it.
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }
}
