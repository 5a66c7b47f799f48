import type { BlockRow, TranscriptRow } from "./session-view-row.ts";

/** Builds the rows: a copy-on-write list with lookup by key. */
export class RowList {
  readonly #before: readonly TranscriptRow[];
  #rows: TranscriptRow[] | null = null;
  /** Indexes of rows looked up or added here; older ones are searched for from the end. */
  readonly #places = new Map<string, number>();

  constructor(rows: readonly TranscriptRow[]) {
    this.#before = rows;
  }

  /** @returns the list; the original one if nothing changed. */
  toArray(): readonly TranscriptRow[] {
    return this.#rows ?? this.#before;
  }

  find(key: string): TranscriptRow | undefined {
    return this.toArray()[this.#placeOf(key)];
  }

  push(row: TranscriptRow): void {
    const rows = this.#writable();
    this.#places.set(row.key, rows.length);
    rows.push(row);
  }

  /** Updates the row with this key in place, or appends it. */
  put(row: TranscriptRow): void {
    const place = this.#placeOf(row.key);
    if (place === -1) this.push(row);
    else this.#writable()[place] = row;
  }

  /** The same, but moves the row to the end. */
  putLast(row: TranscriptRow): void {
    const place = this.#placeOf(row.key);
    if (place === -1 || place === this.toArray().length - 1) this.put(row);
    else {
      const rows = this.#writable();
      rows.splice(place, 1);
      for (const [index, { key }] of rows.entries()) this.#places.set(key, index);
      this.push(row);
    }
  }

  /** Updates the task's text and reasoning after `afterSeq`. */
  updateBlocks(taskId: string | null, afterSeq: number, change: (row: BlockRow) => BlockRow): void {
    const rows = this.toArray();
    for (let place = rows.length - 1; place >= 0; place--) {
      const row = rows[place];
      if (row === undefined || row.seq <= afterSeq) return;
      const isBlock = row.kind === "text" || row.kind === "reasoning";
      if (isBlock && row.taskId === taskId) this.#writable()[place] = change(row);
    }
  }

  /** Closes the task's open requests. */
  cancelRequests(taskId: string): void {
    for (const row of this.toArray()) {
      if (row.taskId !== taskId) continue;
      if (row.kind === "approval" && row.state === "open") this.put({ ...row, state: "canceled" });
      if (row.kind === "subagent" && row.state === "working") this.put({ ...row, state: "canceled" });
      if (row.kind === "question" && row.state === "open") this.put({ ...row, state: "canceled" });
    }
  }

  #placeOf(key: string): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#before.findLastIndex((row) => row.key === key);
    if (place !== -1) this.#places.set(key, place);
    return place;
  }

  #writable(): TranscriptRow[] {
    this.#rows ??= [...this.#before];
    return this.#rows;
  }
}
