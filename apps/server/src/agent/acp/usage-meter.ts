import { addUsage, NO_USAGE, totalTokens, type Usage } from "@trunkline/contract";

/** What the agent's model calls have used, as its provider reports it. */
export class UsageMeter {
  #untaken: Usage = NO_USAGE;
  #calls = 0;
  /** Why no further call may be made; null: it may. */
  exhausted: () => Promise<string | null> = async () => null;

  add(usage: Usage): void {
    this.#untaken = addUsage(this.#untaken, usage);
    this.#calls += 1;
  }

  /** Whether any call was seen: an agent with a provider of its own makes none here. */
  get hasSeen(): boolean {
    return this.#calls > 0;
  }

  get untaken(): Usage {
    return this.#untaken;
  }

  /** Whether there is some that no step has yet. */
  get hasUntaken(): boolean {
    return totalTokens(this.#untaken) > 0;
  }

  /** What was added since the last time. */
  take(): Usage {
    const usage = this.#untaken;
    this.#untaken = NO_USAGE;
    return usage;
  }
}
