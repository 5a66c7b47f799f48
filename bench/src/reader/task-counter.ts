import { isData, isLive, readId } from "./frame-fields.ts";

const COMPLETED = Buffer.from('"type":"task.completed"');
const OTHERWISE_ENDED = ["task.failed", "task.canceled", "task.rejected"].map((type) =>
  Buffer.from(`"type":"${type}"`),
);

/** Counts ended tasks of a session without parsing the events. */
export class TaskCounter {
  completed = 0;
  caughtUp = false;
  #lastSeq = 0;

  /** @throws Error if a task does not complete, or a message is out of order. */
  onFrame(frame: Buffer): void {
    if (!isData(frame)) return;
    const seq = readId(frame);
    if (seq < this.#lastSeq) throw new Error(`seq ${seq} came after ${this.#lastSeq}`);
    this.#lastSeq = seq;
    for (let at = frame.indexOf(COMPLETED); at !== -1; at = frame.indexOf(COMPLETED, at + 1))
      this.completed += 1;
    if (OTHERWISE_ENDED.some((type) => frame.includes(type))) {
      throw new Error(`a task did not complete: ${frame.toString("utf8").slice(0, 1_000)}`);
    }
    this.caughtUp ||= isLive(frame);
  }
}
