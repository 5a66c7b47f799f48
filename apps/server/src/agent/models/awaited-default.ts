import type { Model, ModelCallContext, Patience } from "../model.ts";
import { callFault } from "../call-fault.ts";
import type { ResolvedModel } from "../port.ts";
import { ProviderFault } from "../provider-fault.ts";
import { firstListedModel, type ListedModel } from "./listed-model.ts";
import type { ConfiguredProvider } from "./provider-table.ts";
import { createSecretRedactor } from "./secret-redactor.ts";

export interface Notes {
  /** Logs a warning for the operator. */
  warn?: (message: string) => void;
  info?: (message: string) => void;
}

/** Interval of retries while the server is down, in ms. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;

/** The default model of a server that lists its own models and may be down when ours starts. */
export class AwaitedDefault {
  /** Placeholder while the model's name is unknown. */
  readonly pendingName: string;
  readonly resolved: ResolvedModel;
  readonly #provider: ConfiguredProvider;
  readonly #make: (name: string) => ResolvedModel;
  readonly #notes: Notes;
  #found: ResolvedModel | null = null;
  #asking: Promise<ListedModel> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: {
    provider: ConfiguredProvider;
    patience: Patience;
    make: (name: string) => ResolvedModel;
    notes: Notes;
  }) {
    const { provider, patience } = options;
    this.#provider = provider;
    this.#make = options.make;
    this.#notes = options.notes;
    this.pendingName = `${provider.name}:default`;
    const nameNow = (): string => this.#found?.name ?? this.pendingName;
    const model: Model = {
      get modelId() {
        return nameNow().slice(provider.name.length + 1);
      },
      ask: async (request, call) => (await this.#modelFor(call)).ask(request, call),
    };
    this.resolved = {
      get name() {
        return nameNow();
      },
      model,
      patience,
      redact: createSecretRedactor(provider.secrets),
      provider: provider.shown,
    };
  }

  /** Asks once; if that fails, keeps asking in the background. */
  async start(): Promise<void> {
    const listed = await this.#ask();
    if (listed.type === "found") return;
    this.#notes.warn?.(
      listed.type === "none"
        ? this.#noListMessage(listed.hint)
        : `The provider at ${this.#provider.shown.address} can't be reached yet. Tasks will fail until it can, or set another TRUNKLINE_MODEL`,
    );
    this.#askLater(FIRST_WAIT_MS);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #modelFor({ faultContext }: ModelCallContext): Promise<Model> {
    if (this.#found !== null) return this.#found.model;
    const listed = await this.#ask();
    if (this.#found !== null) return (this.#found as ResolvedModel).model;
    if (listed.type === "none") {
      throw new ProviderFault("model_not_found", this.#noListMessage(listed.hint), { retryable: false });
    }
    const fault = callFault(listed.type === "unreachable" ? listed.error : null, faultContext);
    if (fault instanceof ProviderFault) throw fault;
    throw new ProviderFault(
      "provider_unreachable",
      `The provider at ${this.#provider.shown.address} does not answer. Check that it is running and that the address is right (${this.#provider.shown.addressVariable})`,
      { retryable: true },
    );
  }

  #ask(): Promise<ListedModel> {
    this.#asking ??= this.#askOnce().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #askOnce(): Promise<ListedModel> {
    const { address, headers, name, shown } = this.#provider;
    const listed = await firstListedModel(address, headers, shown.addressVariable);
    if (listed.type === "found" && this.#found === null) {
      this.#found = this.#make(`${name}:${listed.model}`);
      clearTimeout(this.#timer);
    }
    return listed;
  }

  #askLater(waitMs: number): void {
    if (this.#isStopped || this.#found !== null) return;
    this.#timer = setTimeout(() => {
      void this.#ask().then(({ type }) => {
        if (type === "found") this.#notes.info?.(`Default model: ${this.resolved.name}`);
        else this.#askLater(Math.min(waitMs * 2, LONGEST_WAIT_MS));
      });
    }, waitMs).unref();
  }

  #noListMessage(hint: string): string {
    return `The server at ${this.#provider.shown.address} names no model${hint}. Name one: TRUNKLINE_MODEL=${this.#provider.name}:<model>`;
  }
}
