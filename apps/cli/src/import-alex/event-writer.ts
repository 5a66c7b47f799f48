import type { EventDataOf, EventType, SessionDocument } from "@trunkline/contract";

export type DocumentEvent = SessionDocument["events"][number];

/** Writes a log: seqs from 1, and times that never go backwards or outside the session's own. */
export class EventWriter {
  readonly events: DocumentEvent[] = [];
  readonly #updatedAt: number;
  #now: number;

  /** Times are integer ms since the epoch. */
  constructor({ createdAt, updatedAt }: { createdAt: number; updatedAt: number }) {
    this.#now = createdAt;
    this.#updatedAt = updatedAt;
  }

  get now(): number {
    return this.#now;
  }

  /** A dated message advances the clock; an undated one has the time of the one before. */
  moveTo(at: number | null): void {
    if (at !== null) this.#now = Math.min(Math.max(this.#now, at), this.#updatedAt);
  }

  write<T extends EventType>(taskId: string | null, type: T, data: EventDataOf<T>): void {
    this.events.push({ seq: this.events.length + 1, taskId, at: this.#now, type, data });
  }
}
