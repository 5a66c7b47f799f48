import { createHash } from "node:crypto";
import { withClient } from "./with-client.ts";

/** Environment variable with the URL of the tests' PostgreSQL; absent: SQLite. */
export const TEST_DATABASES = "TRUNKLINE_TEST_POSTGRES_URL";

/** The database of a data directory, so that a server restarted on the directory finds its data. */
export class TestDatabase {
  readonly url: string;
  readonly #cluster: string;
  readonly #name: string;

  private constructor(cluster: string, dataDir: string) {
    this.#cluster = cluster;
    this.#name = `server_${createHash("sha256").update(dataDir).digest("hex").slice(0, 16)}`;
    this.url = new URL(`/${this.#name}`, cluster).href;
  }

  /** @returns undefined if the environment names no PostgreSQL. */
  static async of(dataDir: string): Promise<TestDatabase | undefined> {
    const cluster = process.env[TEST_DATABASES];
    if (cluster === undefined) return undefined;
    const database = new TestDatabase(cluster, dataDir);
    await database.#createOnce();
    return database;
  }

  async drop(): Promise<void> {
    await withClient(this.#cluster, async (client) => {
      await client.query(`drop database if exists ${this.#name} with (force)`);
    });
  }

  async #createOnce(): Promise<void> {
    await withClient(this.#cluster, async (client) => {
      const { rowCount } = await client.query("select from pg_database where datname = $1", [this.#name]);
      if (rowCount === 0) await client.query(`create database ${this.#name}`);
    });
  }
}
