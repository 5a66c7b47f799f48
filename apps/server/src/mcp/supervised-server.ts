import type { Logger } from "pino";
import { NeedsAuthorizationError } from "./authorization/needs-authorization.ts";
import type { AskingHabit } from "./call-turns.ts";
import { describeFault } from "./fault.ts";
import { CONNECTION_LIMITS, type ConnectionLimits } from "./connection-limits.ts";
import type { LiveConnection } from "./live-connection.ts";
import type { McpCatalog, McpDefinition, McpStatus } from "./port.ts";
import type { OpenTransport } from "./open-transport.ts";

/** When a server is tried again, in ms. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 300_000;

/** It has recovered once it has lived this long, in ms. */
const STEADY_MS = 60_000;

/** When one that waits for its user's authorization may be asked again, in ms: another node may have been told. */
const AUTHORIZATION_LOOK_MS = 30_000;

/** Failures in a row after which its tools are not offered any more. */
const MAX_FAILURES = 5;

export interface SupervisedServerDeps {
  openTransport: OpenTransport;
  version: string;
  limits?: ConnectionLimits;
  logger: Logger;
  /** Integer ms since the epoch. */
  now: () => number;
  /** Calls back after `ms`, unless canceled. */
  schedule?: (ms: number, call: () => void) => Disposable;
}

type State =
  | { type: "idle" }
  | { type: "connecting"; done: Promise<void>; since: number }
  | { type: "connected"; live: LiveConnection; since: number }
  | { type: "failed"; message: string; retryAt: number; retry: Disposable }
  /** Nothing but its user gets it further. */
  | { type: "needs-authorization"; message: string; since: number };

/** Keeps one server running for one user: starts it when it is needed, and again, later and later, when it has died. */
export class SupervisedServer {
  readonly definition: McpDefinition;
  /** When it was used last; integer ms since the epoch. */
  lastUsedAt: number;
  readonly #deps: SupervisedServerDeps;
  readonly #ending = new AbortController();
  #state: State = { type: "idle" };
  readonly #habit: AskingHabit = { asks: false };
  #failures = 0;
  #catalog: McpCatalog | null = null;
  #log = "";

  constructor(definition: McpDefinition, deps: SupervisedServerDeps) {
    this.definition = definition;
    this.#deps = deps;
    this.lastUsedAt = deps.now();
  }

  status(): McpStatus {
    const state = this.#state;
    return {
      state: state.type,
      message: "message" in state ? state.message : null,
      retryAt: state.type === "failed" ? state.retryAt : null,
      catalog: this.#failures >= MAX_FAILURES ? null : this.#catalog,
      log: this.#log,
    };
  }

  /**
   * Connects if it is not connected, and waits for that.
   * @param options.now also where its turn to be tried again has not come.
   * @returns null if it does not work; `status` says why.
   */
  async ready(signal: AbortSignal, options: { now?: boolean } = {}): Promise<LiveConnection | null> {
    this.lastUsedAt = this.#deps.now();
    const state = this.#state;
    const isDue =
      state.type === "idle" ||
      (state.type === "needs-authorization" && state.since + AUTHORIZATION_LOOK_MS <= this.lastUsedAt);
    if (isDue || (options.now === true && state.type !== "connected")) this.#connect();
    if (this.#state.type === "connecting") await Promise.race([this.#state.done, untilAborted(signal)]);
    return this.#live;
  }

  /**
   * What it offers, as it says now where it is connected. One that is slow to say so, or changes all the time, offers what
   * it offered before.
   * @param startWaitMs how long to wait for that, from its start on where it is starting.
   */
  async offers(signal: AbortSignal, startWaitMs: number): Promise<McpCatalog | null> {
    const state = this.#state;
    const since = state.type === "connecting" ? state.since : this.#deps.now();
    const leftMs = Math.max(0, since + startWaitMs - this.#deps.now());
    const patience = AbortSignal.any([signal, AbortSignal.timeout(leftMs)]);
    const live = await this.ready(patience);
    if (live !== null) {
      const catalog = await Promise.race([live.catalog(signal), untilAborted(patience)]);
      if (catalog !== undefined) this.#catalog = catalog;
    }
    return this.status().catalog;
  }

  /** Ends its program, or its session; it starts again when it is needed. */
  async rest(): Promise<void> {
    const state = this.#state;
    if (state.type !== "connected") return;
    this.#state = { type: "idle" };
    await state.live.close("It was not used");
  }

  /** For good. */
  async end(): Promise<void> {
    this.#ending.abort(new Error("The MCP server was changed or removed"));
    const state = this.#state;
    if (state.type === "failed") state.retry[Symbol.dispose]();
    if (state.type === "connecting") await state.done;
    await this.rest();
  }

  /** Whether a call runs, or waits for its user. */
  get isBusy(): boolean {
    return this.#live?.isBusy === true;
  }

  get #live(): LiveConnection | null {
    return this.#state.type === "connected" ? this.#state.live : null;
  }

  #connect(): void {
    if (this.#state.type === "connecting" || this.#ending.signal.aborted) return;
    if (this.#state.type === "failed") this.#state.retry[Symbol.dispose]();
    this.#state = { type: "connecting", done: this.#open(), since: this.#deps.now() };
  }

  async #open(): Promise<void> {
    // So that the state is set when this continues.
    await Promise.resolve();
    const { openTransport, version, limits = CONNECTION_LIMITS, now } = this.#deps;
    const { signal } = this.#ending;
    this.#log = "";
    try {
      const onLog = (text: string): void => void (this.#log = text);
      const transport = await openTransport(this.definition, { signal, onLog });
      const { LiveConnection: Live } = await import("./live-connection.ts");
      const live = await Live.open(transport, {
        name: this.definition.name,
        limits,
        version,
        signal,
        habit: this.#habit,
      });
      if (signal.aborted) return await live.close("It was changed or removed");
      this.#catalog = await live.catalog(signal);
      this.#state = { type: "connected", live, since: now() };
      void live.closed.then((reason) => this.#lost(live, reason));
    } catch (error) {
      if (signal.aborted) this.#state = { type: "idle" };
      else if (error instanceof NeedsAuthorizationError) {
        this.#catalog = null;
        this.#state = { type: "needs-authorization", message: error.message, since: now() };
      } else this.#fail(describeFault(error, this.#log));
    }
  }

  #lost(live: LiveConnection, reason: string): void {
    const state = this.#state;
    if (state.type !== "connected" || state.live !== live) return;
    if (this.#deps.now() - state.since >= STEADY_MS) this.#failures = 0;
    this.#fail(describeFault(new Error(reason), this.#log));
  }

  #fail(message: string): void {
    const { schedule = afterMs, logger, now } = this.#deps;
    const { id, name } = this.definition;
    this.#failures += 1;
    const waitMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failures - 1));
    logger.warn({ server: id, name, failures: this.#failures, waitMs }, "an MCP server does not work");
    const retry = schedule(waitMs, () => this.#connect());
    this.#state = { type: "failed", message, retryAt: now() + waitMs, retry };
  }
}

function afterMs(ms: number, call: () => void): Disposable {
  const timer = setTimeout(call, ms).unref();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Rejects never: whoever is not to wait goes on without it. */
async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
