import type { ResolvedModel, RunInput } from "./port.ts";
import { ProviderFault } from "./provider-fault.ts";
import { LimitReached, RunFailure } from "./run-failure.ts";
import type { RunState } from "./run-state.ts";

/** Faults of a provider, or of the account there, that another need not have. A refused request would be refused again. */
const CODES: ReadonlySet<string> = new Set([
  "model_not_found",
  "provider_auth",
  "provider_error",
  "provider_quota",
  "provider_rate_limited",
  "provider_redirect",
  "provider_stream_cut",
  "provider_stream_error",
  "provider_timeout",
  "provider_unavailable",
  "provider_unreachable",
]);

/** The models of a run: its own, and after that its fallbacks. Each run begins with its own again. */
export class ModelChain {
  current: ResolvedModel;
  readonly #fallback: RunInput["fallback"];
  readonly #state: RunState;
  readonly #tried: Set<string>;
  #limit: LimitReached | null = null;

  constructor({ model, fallback }: Pick<RunInput, "model" | "fallback">, state: RunState) {
    this.current = model;
    this.#fallback = fallback;
    this.#state = state;
    this.#tried = new Set([model.name]);
  }

  /**
   * Goes on with the next model, if the error is one that another need not have.
   * @throws the error if there is none; if one of them only waits for its limit, LimitReached: the task waits, too
   */
  async next(error: unknown): Promise<void> {
    const fault = error instanceof RunFailure || error instanceof LimitReached ? error.cause : null;
    if (!(fault instanceof ProviderFault) || !CODES.has(fault.code)) throw error;
    if (
      error instanceof LimitReached &&
      !(this.#limit !== null && this.#limit.limit.until < error.limit.until)
    ) {
      this.#limit = error;
    }
    const next = (await this.#fallback?.(this.#tried)) ?? null;
    if (next === null) throw this.#limit ?? error;
    this.#tried.add(next.name);
    const message = `${fault.message} — continuing with ${next.name}`;
    await this.#state.record({ type: "notice", data: { level: "warning", message } });
    this.current = next;
  }
}
