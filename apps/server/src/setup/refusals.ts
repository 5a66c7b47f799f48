import type { NetworkRefusal } from "@trunkline/contract";
import type { SetupRun } from "./port.ts";

/** Records hosts that were refused to a setup, while it runs. */
export class Refusals {
  readonly #record: SetupRun["record"];
  #recorded: Promise<unknown> = Promise.resolve();
  #failure: { error: unknown } | undefined;

  constructor({ record }: Pick<SetupRun, "record">) {
    this.#record = record;
  }

  add(refusal: NetworkRefusal): void {
    this.#recorded = this.#recorded
      .then(async () => this.#record([{ type: "network.refused", data: refusal }]))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      });
  }

  /** @throws the first error of recording: the run has lost its task. */
  async recorded(): Promise<void> {
    await this.#recorded;
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
