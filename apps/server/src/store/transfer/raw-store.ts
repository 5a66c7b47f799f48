import type { VerifyProgress, VerifyReport } from "../verify/verify-store.ts";
import type { MovedTable } from "./tables.ts";

export type RawRow = Record<string, string | number | null>;

/** The values of a table's key, in its order. */
export type RawKey = (string | number)[];

/** One of the parts that the texts of the search index are kept in, in the order they were written. */
export interface SearchPart {
  name: string;
  /** Of the part. */
  key: readonly string[];
}

/** A stopped store, row by row, regardless of what rows mean. */
export interface RawStore extends AsyncDisposable {
  /** For people: a directory, or host and database; no password. */
  readonly name: string;
  tables(): Promise<string[]>;
  columns(table: MovedTable): Promise<string[]>;
  /** In the order of the key, as many as are together not too large. */
  rows(table: MovedTable, columns: readonly string[], after: RawKey | undefined): Promise<RawRow[]>;
  count(table: MovedTable): Promise<number>;
  /** Entries that consumers, but for the search index, have yet to see. */
  waiting(): Promise<number>;
  readonly searchParts: readonly SearchPart[];
  /** Rows with `session_id` and `seq`, beside the part's key. */
  searchRows(part: SearchPart, after: RawKey | undefined): Promise<RawRow[]>;
}

/** How far a step has come. */
export interface StepProgress {
  step: string;
  /** Of the last row; null: the step is done. */
  after: RawKey | null;
}

/** A new store that is being filled. No server opens it until it is finished. */
export interface RawTarget extends RawStore {
  /** The source recorded when filling started; undefined: it starts now. */
  source(): Promise<string | undefined>;
  /** Records the source. @throws TransferError if the target already contains something */
  begin(source: string): Promise<void>;
  /** The next run discards what was copied, and starts over. */
  forgetSource(): Promise<void>;
  progress(): Promise<Map<string, StepProgress["after"]>>;
  /** The rows, and how far the step is with them, in one transaction. */
  insert(
    table: MovedTable | "search_backlog",
    columns: readonly string[],
    rows: readonly RawRow[],
    progress: StepProgress,
  ): Promise<void>;
  /** Compares rows with the fold of the logs. */
  verify(onProgress: (progress: VerifyProgress) => void): Promise<VerifyReport>;
  /** From here on servers can open it. */
  finish(): Promise<void>;
}

/** Of one read, and one transaction. */
export const MAX_ROWS = 1_000;
const MAX_BYTES = 4_000_000;

/** @returns how many of the rows fit into one part; at least one, if there is one. @param sizes in bytes */
export function fitting(sizes: readonly number[]): number {
  let bytes = 0;
  const tooMuch = sizes.findIndex((size, index) => {
    bytes += size;
    return index > 0 && bytes > MAX_BYTES;
  });
  return tooMuch === -1 ? sizes.length : tooMuch;
}

/** A condition for rows after a key; empty without one. @param mark the n-th parameter */
export function afterKey(key: readonly string[], mark: (index: number) => string): string {
  return `(${key.join(", ")}) > (${key.map((_, index) => mark(index)).join(", ")})`;
}
