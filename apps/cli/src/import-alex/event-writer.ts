import type { EventDataOf, EventType, SessionDocument } from "@trunkline/contract";

export type DocumentEvent = SessionDocument["events"][number];

/** Writes a log from its beginning: seqs from 1 on, and a clock that never goes back, nor out of the session's time. */
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

  /** What the file dates moves the clock; what it does not is of the same time as what comes before. */
  moveTo(at: number | null): void {
    if (at !== null) this.#now = Math.min(Math.max(this.#now, at), this.#updatedAt);
  }

  write<T extends EventType>(taskId: string | null, type: T, data: EventDataOf<T>): void {
    this.events.push({ seq: this.events.length + 1, taskId, at: this.#now, type, data });
  }
}
