import type { EventBatch, SessionEvent } from "@trunkline/contract";
import { TERMINAL_TASK_STATES } from "@trunkline/contract";
import { monotonicMicros, readTokenStamps } from "@trunkline/testkit";
import { isData, readData } from "./frame-fields.ts";

/** Reads one session's whole stream and records the latency of each stamped token. One task per reader. */
export class TokenReader {
  caughtUp = false;
  /** How the task ended, once it has. */
  ending: string | undefined;
  firstTokenAtUs = 0;
  /** From emission to receipt, per token. */
  readonly latenciesUs: number[] = [];
  #lastSeq = 0;

  onFrame(frame: Buffer): void {
    if (!isData(frame)) return;
    const batch = readData(frame) as EventBatch;
    const nowUs = monotonicMicros();
    for (const event of batch.events) this.#onEvent(event, nowUs);
    this.caughtUp ||= batch.live;
  }

  #onEvent(event: SessionEvent, nowUs: number): void {
    if (event.seq <= this.#lastSeq) throw new Error(`seq ${event.seq} came after ${this.#lastSeq}`);
    this.#lastSeq = event.seq;
    if (event.type === "text.delta") this.#onText(event.data.text, this.latenciesUs.length, nowUs);
    if (event.type === "text.ended") this.#onText(event.data.text, 0, nowUs);
    if (ENDINGS.has(event.type)) this.ending = event.type;
  }

  /** A text whose first token must have this index; known tokens are skipped. */
  #onText(text: string, firstIndex: number, nowUs: number): void {
    let expected = firstIndex;
    for (const { index, emittedAtUs } of readTokenStamps(text)) {
      if (index !== expected) throw new Error(`token ${index} came instead of ${expected}`);
      expected += 1;
      if (index < this.latenciesUs.length) continue;
      if (index === 0) this.firstTokenAtUs = nowUs;
      this.latenciesUs.push(nowUs - emittedAtUs);
    }
  }
}

const ENDINGS: ReadonlySet<string> = new Set(TERMINAL_TASK_STATES.map((state) => `task.${state}`));
