import { type EventDraft, type SessionEvent, TrunklineError } from "@trunkline/contract";
import type { Kysely } from "kysely";
import type { Database } from "./schema.ts";

/** A statement of a commit: what Kysely's `compile()` gives, and how many rows it must hit. */
export interface Write {
  sql: string;
  parameters: readonly unknown[];
  /** Rows that the statement must change or return; anything else rolls the whole unit back with GuardFailedError. */
  expectRows?: number;
}

/** Refuses a unit unless this attempt of the task still holds it: keeps a zombie's late writes out. */
export interface Fence {
  taskId: string;
  attempt: number;
}

/** Events and the state change they describe: all of it is committed, or none. */
export interface CommitUnit {
  sessionId: string;
  events: readonly StoredDraft[];
  writes?: readonly Write[];
  fence?: Fence;
  /** Blocks that ended with this unit: their pieces, from `fromSeq` on, are deleted. */
  endedBlocks?: readonly { blockId: string; fromSeq: number }[];
  /**
   * Ends or deletes something, or lets somebody in who may. On a full disk such units, and no others, are written into
   * the room that the store has kept for them, so that tasks can end and users can make room.
   */
  mayUseBallast?: boolean;
}

export type StoredDraft = EventDraft & { blockId?: string; attempt?: number };

export interface Store {
  /** For reading, and for compiling writes. Statements that change rows go through `commit` or `write`. */
  readonly db: Kysely<Database>;
  /**
   * Commits each unit in one transaction of its own or a shared one, durable when the promise resolves.
   * Units of one session are committed in the order of the calls.
   * @throws GuardFailedError FencedError UniqueViolationError StoreUnavailableError
   */
  commit(unit: CommitUnit): Promise<SessionEvent[]>;
  /** Rows that belong to no session's log (users, tokens), and what deletes; one transaction. */
  write(writes: readonly Write[], options?: Pick<CommitUnit, "mayUseBallast">): Promise<void>;
  close(): Promise<void>;
}

/** A write hit another number of rows than it must; nothing of its unit was stored. */
export class GuardFailedError extends Error {
  override readonly name = "GuardFailedError";
}

/** The attempt that writes has lost its task; nothing of its unit was stored. */
export class FencedError extends Error {
  override readonly name = "FencedError";
}

/** A unique index refused the unit. `index` is the index's columns as the engine names them. */
export class UniqueViolationError extends Error {
  override readonly name = "UniqueViolationError";
  readonly index: string;
  constructor(index: string) {
    super(`unique index violated: ${index}`);
    this.index = index;
  }
}

/**
 * The database cannot be used as it is, and nothing was changed. The message says what to do.
 * `damaged`: it was written by something else than SQLite. `too_new`: by a later version of Trunkline.
 */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";
  readonly reason: "damaged" | "too_new" | "storage_full";

  constructor(reason: StoreOpenError["reason"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * The store cannot commit right now; nothing of the unit was acknowledged. An expected failure: callers are told.
 * `storage_full`: the disk has no room, and commits work again once it has. `unavailable`: the store is of no more use.
 */
export class StoreUnavailableError extends TrunklineError {
  constructor(reason: "storage_full" | "unavailable", message: string, options?: ErrorOptions) {
    super(reason, message, options);
  }
}
