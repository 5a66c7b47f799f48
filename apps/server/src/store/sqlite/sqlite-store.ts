import { dirname } from "node:path";
import type { SessionEvent } from "@trunkline/contract";
import { Kysely, sql } from "kysely";
import { charactersOf, type Commit } from "../commit.ts";
import { assertCommitting, GroupCommit, type OnCommitted, type Settled } from "../group-commit.ts";
import { KeyLock } from "../../locks/port.ts";
import { statementsBeside } from "../nouns/statements-beside.ts";
import { createNouns } from "../nouns/nouns.ts";
import { isOnlyPiece, mergePieces } from "../piece-merge.ts";
import {
  type AppendOptions,
  type Store,
  type StoredDraft,
  StoreOpenError,
  StoreUnavailableError,
} from "../port.ts";
import type { Database as Schema } from "../schema.ts";
import { toSettled } from "../settled-commit.ts";
import { statement, type WriteStatements } from "../statement.ts";
import { Ballast } from "./ballast.ts";
import { asDamaged, checkDatabase } from "./check-database.ts";
import { isFullDisk } from "./fault.ts";
import { migrateDatabase } from "./migrate-database.ts";
import { openDatabase } from "./open-database.ts";
import { ReadingConnection } from "./reading-connection.ts";
import { type CommitMessage, encodeCommit } from "./commit-message.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { createSqliteOutbox } from "./sqlite-outbox.ts";
import { StablePlanDialect } from "./stable-plan-dialect.ts";
import { Writer } from "./writer.ts";

export interface SqliteStoreOptions {
  /** Path of the database file; created if missing. */
  path: string;
  /** Integer ms since the epoch. */
  now: () => number;
  /** Called once, when the database becomes unusable: the process must stop acknowledging, i.e. exit. */
  onFatal: (error: StoreUnavailableError) => void;
  /** The previous server did not stop cleanly: check its database more thoroughly. */
  uncleanStop?: boolean;
  onCommitted?: OnCommitted | undefined;
}

/** @throws StoreOpenError if the database is unusable as it is; SqliteError if it can't be opened. */
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
const MAX_COMMITS = 256;
const MAX_CHARACTERS = 8_000_000;

/** Key of what belongs to no session's log. */
const NO_SESSION = "";

export class SqliteStore implements Store {
  readonly events: Store["events"];
  readonly sessions: Store["sessions"];
  readonly tasks: Store["tasks"];
  readonly approvals: Store["approvals"];
  readonly questions: Store["questions"];
  readonly users: Store["users"];
  readonly tokens: Store["tokens"];
  readonly invitations: Store["invitations"];
  readonly signInCodes: Store["signInCodes"];
  readonly audit: Store["audit"];
  readonly blobs: Store["blobs"];
  readonly usage: Store["usage"];
  readonly budgets: Store["budgets"];
  readonly projects: Store["projects"];
  readonly providerKeys: Store["providerKeys"];
  readonly mcpServers: Store["mcpServers"];
  readonly mcpAuthorizations: Store["mcpAuthorizations"];
  readonly rules: Store["rules"];
  readonly shares: Store["shares"];
  readonly pushes: Store["pushes"];
  readonly retention: Store["retention"];
  readonly nodes: Store["nodes"];
  readonly outbox: Store["outbox"];
  readonly turns = new KeyLock();
  /** The lock of the data directory keeps every other process out. */
  readonly isExclusive = true;
  readonly now: () => number;
  readonly limits = null;
  readonly sharedDirectory = null;
  readonly #db: Kysely<Schema>;
  readonly #writer: Writer;
  readonly #reading: ReadingConnection;
  readonly #groupCommit: GroupCommit<Commit, SessionEvent[]>;
  readonly #onFatal: (error: StoreUnavailableError) => void;
  #isBroken = false;
  #isClosing = false;

  private constructor(writer: Writer, { path, now, onFatal, onCommitted }: SqliteStoreOptions) {
    this.#writer = writer;
    this.now = now;
    this.#onFatal = onFatal;
    this.#reading = new ReadingConnection(openDatabase(path, "read"), (error) => this.#break(error));
    const db = new Kysely<Schema>({ dialect: new StablePlanDialect({ database: this.#reading }) });
    this.#db = db;
    this.#groupCommit = new GroupCommit({
      commitBatch: async (commits) => this.#commitBatch(commits),
      keyOf: (commit) => commit.sessionId,
      merge: mergePieces,
      mayWait: isOnlyPiece,
      weightOf: charactersOf,
      maxItems: MAX_COMMITS,
      maxWeight: MAX_CHARACTERS,
      onCommitted,
    });
    void writer.broken.then((error) => this.#break(error));

    const write: WriteStatements = async (statements, options) => {
      await this.#commit({ ...options, sessionId: NO_SESSION, events: [], statements });
    };
    const insertLog: Store["sessions"]["insertLog"] = async (sessionId, imported) => {
      await this.#commit({ sessionId, events: [], imported });
    };
    const nouns = createNouns({ db, write, dialect: sqliteDialect, insertLog });
    this.events = nouns.events;
    this.sessions = nouns.sessions;
    this.tasks = nouns.tasks;
    this.approvals = nouns.approvals;
    this.questions = nouns.questions;
    this.users = nouns.users;
    this.tokens = nouns.tokens;
    this.invitations = nouns.invitations;
    this.signInCodes = nouns.signInCodes;
    this.audit = nouns.audit;
    this.blobs = nouns.blobs;
    this.usage = nouns.usage;
    this.budgets = nouns.budgets;
    this.projects = nouns.projects;
    this.providerKeys = nouns.providerKeys;
    this.mcpServers = nouns.mcpServers;
    this.mcpAuthorizations = nouns.mcpAuthorizations;
    this.rules = nouns.rules;
    this.shares = nouns.shares;
    this.pushes = nouns.pushes;
    this.retention = nouns.retention;
    this.nodes = nouns.nodes;
    this.outbox = createSqliteOutbox(db, write);
  }

  /** @param writerScript the writer thread's program. */
  static async open(options: SqliteStoreOptions, writerScript?: URL): Promise<SqliteStore> {
    const store = new SqliteStore(await Writer.start(options.path, writerScript), options);
    await store.#endOtherLeases();
    return store;
  }

  // Not async: a promise less for each token.
  append(
    sessionId: string,
    events: readonly StoredDraft[],
    { audit, rule, ...options }: AppendOptions = {},
  ): Promise<SessionEvent[]> {
    const statements = statementsBeside(this.#db, { audit, rule });
    return this.#commit({ ...options, sessionId, events, ...(statements && { statements }) });
  }

  /** The previous process no longer has the database: its tasks can be taken over. */
  async #endOtherLeases(): Promise<void> {
    const node = await this.#db.selectFrom("nodes").select("id").limit(1).executeTakeFirst();
    if (node === undefined) return;
    const statements = [statement(this.#db.deleteFrom("nodes").compile())];
    await this.#commit({ sessionId: NO_SESSION, events: [], statements, mayUseBallast: true });
  }

  async ping(): Promise<void> {
    if (this.#isBroken) throw new StoreUnavailableError("unavailable", "The writer thread is gone");
    assertCommitting(this.#groupCommit);
    await sql`select 1`.execute(this.#db);
  }

  /**
   * SQLite checkpoints when the last connection closes, and reports no failure. So it is done before; and if it fails,
   * the reading connection is closed after the writing one, which keeps SQLite from doing it.
   */
  async close(): Promise<void> {
    // What comes from now on (a fork that still copies, a deletion) is refused, and made up for at the next start.
    this.#isClosing = true;
    await this.#groupCommit.whenIdle();
    const isSound = !this.#isBroken && (await this.#finish());
    if (isSound) this.#reading.close();
    await this.#writer.close();
    if (!isSound) this.#reading.close();
  }

  // Not async: a promise less for each token.
  #commit(commit: Commit): Promise<SessionEvent[]> {
    if (this.#isClosing) {
      return Promise.reject(new StoreUnavailableError("unavailable", "The server is stopping"));
    }
    return this.#groupCommit.add(commit);
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

  async #commitBatch(commits: Commit[]): Promise<Settled<SessionEvent[]>[]> {
    const at = this.now();
    const message: CommitMessage = [];
    const refused = new Map<Commit, Error>();
    for (const commit of commits) {
      try {
        encodeCommit(message, commit);
      } catch (error) {
        refused.set(commit, error instanceof Error ? error : new Error(String(error)));
      }
    }
    const results = await this.#writer.commit(message, at);
    let position = 0;
    return commits.map((commit) => {
      const error = refused.get(commit);
      return error === undefined ? toSettled(commit, at, results[position++]) : { ok: false, error };
    });
  }

  #break(error: StoreUnavailableError): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#onFatal(error);
  }
}
