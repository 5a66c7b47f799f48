import { MAX_TRANSCRIPT_HELD, MAX_TRANSCRIPT_LENGTH, SHORT_OUTPUT_LENGTH } from "../limits.ts";
import type { Step, Turn } from "./turn.ts";

/** The turns of a conversation that are in memory, and how large they are together. */
export class KeptTurns {
  /** By task; the most recently started last. */
  readonly #turns = new Map<string, Turn>();
  #length = 0;
  #held = 0;

  /** The most recently started last. */
  get inOrder(): readonly Turn[] {
    return [...this.#turns.values()];
  }

  /** Length of all their texts in UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  get(taskId: string): Turn | undefined {
    return this.#turns.get(taskId);
  }

  has(taskId: string): boolean {
    return this.#turns.has(taskId);
  }

  /** Adds it, or moves it to the end. */
  putLast(turn: Turn): void {
    const known = this.#turns.get(turn.taskId);
    if (known !== undefined) this.#forget(known);
    this.#turns.set(turn.taskId, turn);
    this.#length += turn.length;
    this.#held += turn.held;
  }

  /** Counts what `act` changes in the turn. */
  change(turn: Turn, act: () => void): void {
    const { length, held } = turn;
    act();
    this.#length += turn.length - length;
    this.#held += turn.held - held;
  }

  /** Drops what a summary covers. @param seq of the last event that it covers */
  forgetUpTo(seq: number): void {
    for (const turn of this.#turns.values()) {
      this.change(turn, () => turn.forgetUpTo(seq));
      if (turn.ending !== null && turn.ending.seq <= seq) this.#forget(turn);
    }
  }

  /**
   * Makes room beyond a limit: halves the content, oldest first, sparing the last step. Outputs are shortened, then steps are
   * dropped, then whole turns.
   *
   * @returns whether something was dropped
   */
  shrinkIfLarge(): boolean {
    if (this.#length <= MAX_TRANSCRIPT_LENGTH && this.#held <= MAX_TRANSCRIPT_HELD) return false;
    let isCut = false;
    this.#eachOldStep((turn, step) => turn.shortenResults(step, SHORT_OUTPUT_LENGTH));
    this.#eachOldStep((turn, step) => {
      turn.forgetUpTo(step.endSeq);
      isCut = true;
    });
    for (const turn of this.#turns.values()) {
      if (this.#isHalved) break;
      if (turn.ending === null) continue;
      this.#forget(turn);
      isCut = true;
    }
    return isCut;
  }

  get #isHalved(): boolean {
    return this.#length <= MAX_TRANSCRIPT_LENGTH / 2 && this.#held <= MAX_TRANSCRIPT_HELD / 2;
  }

  #eachOldStep(act: (turn: Turn, step: Step) => void): void {
    const last = this.inOrder.at(-1)?.steps.at(-1);
    for (const turn of this.#turns.values()) {
      const before = turn.held;
      for (const step of turn.steps.slice()) {
        if (step === last || this.#isHalved) break;
        this.change(turn, () => act(turn, step));
      }
      if (turn.held < before && turn.steps.length === 0 && turn.ending !== null) this.#forget(turn);
    }
  }

  #forget(turn: Turn): void {
    this.#turns.delete(turn.taskId);
    this.#length -= turn.length;
    this.#held -= turn.held;
  }
}
