import { dirname } from "node:path";
import type { SessionEvent } from "@trunkline/contract";
import { Kysely, SqliteDialect } from "kysely";
import { isPiece, mergeDeltas } from "../delta-merge.ts";
import { GroupCommit, type Settled } from "../group-commit.ts";
import { type CommitUnit, type Store, StoreOpenError, StoreUnavailableError, type Write } from "../port.ts";
import type { Database as Schema } from "../schema.ts";
import { Ballast } from "./ballast.ts";
import { asDamaged, checkDatabase } from "./check-database.ts";
import { isFullDisk } from "./fault.ts";
import { migrateDatabase } from "./migrate-database.ts";
import { openDatabase } from "./open-database.ts";
import { ReadingConnection } from "./reading-connection.ts";
import { toSettled } from "./settled-unit.ts";
import { charactersOf, encodeUnit, type UnitMessage } from "./unit-message.ts";
import { Writer } from "./writer.ts";

export interface SqliteStoreOptions {
  /** File of the database; created where there is none yet. */
  path: string;
  /** Integer ms since the epoch. */
  now: () => number;
  /** Called once, when the database is of no more use: the process must stop acknowledging, which means ending. */
  onFatal: (error: StoreUnavailableError) => void;
  /** The server that had the database before did not stop in order: its database is looked at more closely. */
  uncleanStop?: boolean;
}

/** @throws StoreOpenError where the database cannot be used as it is; SqliteError where it cannot be opened. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path } = options;
  const ballast = new Ballast(path);
  const open = async (): Promise<Store> => {
    checkDatabase(path, ballast, options.uncleanStop ?? false);
    await migrateDatabase(path);
    return SqliteStore.open(options);
  };
  try {
    return await open();
  } catch (error) {
    if (!isFullDisk(error, dirname(path))) throw asDamaged(path, error);
  }
  // Opening takes some room (the -shm file): that of the ballast, so that what fills the database can be deleted.
  ballast.drop();
  try {
    return await open();
  } catch (error) {
    if (!isFullDisk(error, dirname(path))) throw asDamaged(path, error);
    throw new StoreOpenError(
      "storage_full",
      `The disk that holds ${path} is full: make room, then start again`,
      {
        cause: error,
      },
    );
  }
}

/** Of one transaction: bounds how long the writer thread is away, and the size of a message to it. */
const MAX_UNITS = 256;
const MAX_CHARACTERS = 8_000_000;

/** Key of units that belong to no session's log. */
const NO_SESSION = "";

export class SqliteStore implements Store {
  readonly db: Kysely<Schema>;
  readonly #writer: Writer;
  readonly #reading: ReadingConnection;
  readonly #groupCommit: GroupCommit<CommitUnit, SessionEvent[]>;
  readonly #now: () => number;
  readonly #onFatal: (error: StoreUnavailableError) => void;
  #isBroken = false;

  private constructor(writer: Writer, { path, now, onFatal }: SqliteStoreOptions) {
    this.#writer = writer;
    this.#now = now;
    this.#onFatal = onFatal;
    this.#reading = new ReadingConnection(openDatabase(path, "read"), (error) => this.#break(error));
    this.db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: this.#reading }) });
    this.#groupCommit = new GroupCommit({
      commitBatch: async (units) => this.#commitBatch(units),
      keyOf: (unit) => unit.sessionId,
      merge: mergeDeltas,
      weightOf: charactersOf,
      mayWait: isPiece,
      maxItems: MAX_UNITS,
      maxWeight: MAX_CHARACTERS,
    });
    void writer.broken.then((error) => this.#break(error));
  }

  /** @param writerScript what the writer thread runs. */
  static async open(options: SqliteStoreOptions, writerScript?: URL): Promise<SqliteStore> {
    return new SqliteStore(await Writer.start(options.path, writerScript), options);
  }

  async commit(unit: CommitUnit): Promise<SessionEvent[]> {
    return this.#groupCommit.add(unit);
  }

  async write(writes: readonly Write[], options?: Pick<CommitUnit, "mayUseBallast">): Promise<void> {
    await this.#groupCommit.add({ ...options, sessionId: NO_SESSION, events: [], writes });
  }

  /**
   * SQLite copies the log into the database when the last connection closes, and tells nobody where that fails. So it
   * is done before, and where it fails the reading connection outlives the writing one, which keeps SQLite from it.
   */
  async close(): Promise<void> {
    await this.#groupCommit.whenIdle();
    const isSound = !this.#isBroken && (await this.#finish());
    if (isSound) this.#reading.close();
    await this.#writer.close();
    if (!isSound) this.#reading.close();
  }

  async #finish(): Promise<boolean> {
    try {
      await this.#writer.finish();
      return true;
    } catch (error) {
      if (error instanceof StoreUnavailableError) return false;
      throw error;
    }
  }

  async #commitBatch(units: CommitUnit[]): Promise<Settled<SessionEvent[]>[]> {
    const at = this.#now();
    const message: UnitMessage = [];
    const refused = new Map<CommitUnit, Error>();
    for (const unit of units) {
      try {
        encodeUnit(message, unit);
      } catch (error) {
        refused.set(unit, error instanceof Error ? error : new Error(String(error)));
      }
    }
    const results = await this.#writer.commit(message, at);
    let position = 0;
    return units.map((unit) => {
      const error = refused.get(unit);
      return error === undefined ? toSettled(unit, at, results[position++]) : { ok: false, error };
    });
  }

  #break(error: StoreUnavailableError): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#onFatal(error);
  }
}
