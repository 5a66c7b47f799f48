import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  type ElicitResult,
  ErrorCode,
  McpError,
  PromptListChangedNotificationSchema,
  type RequestId,
  ResourceListChangedNotificationSchema,
  ToolListChangedNotificationSchema,
  UrlElicitationRequiredError,
} from "@modelcontextprotocol/sdk/types.js";
import { BrokenConnectionError } from "./broken-connection.ts";
import { CallInFlight } from "./call-in-flight.ts";
import { type AskingHabit, CallTurns } from "./call-turns.ts";
import { readCatalog } from "./catalog.ts";
import type { ConnectionLimits } from "./connection-limits.ts";
import { elicitParams, questionOf, resultOf } from "./elicitation.ts";
import type { McpCatalog, McpUse } from "./port.ts";
import { AnyResult, readCallResult, readContents, readMessages } from "./results.ts";
import type { Question } from "../tools/port.ts";
import { NO_VALIDATION } from "./no-validation.ts";

/** That the user is asked to open before one call. */
const MAX_PAGES = 5;
/** Requests whose answers are kept for when they come again. */
const MAX_ANSWERED = 100;

/** A connection that works, until it is closed. */
export class LiveConnection {
  /** Resolves with the reason, for people. */
  readonly closed: Promise<string>;
  readonly #name: string;
  readonly #client: Client;
  readonly #limits: ConnectionLimits;
  readonly #calls = new Set<CallInFlight>();
  readonly #habit: AskingHabit;
  readonly #turns: CallTurns;
  /** Requests of which it is not clear yet which call they are for. */
  #unplaced = 0;
  #callsChanged = Promise.withResolvers<void>();
  /** By the server's number for its request, as long as a call runs. */
  readonly #elicitations = new Map<RequestId, Promise<ElicitResult>>();
  #catalog: McpCatalog;
  #changed = false;
  #reading: Promise<void> | undefined;
  #broken: Error | undefined;
  #endWith: (reason: string) => void;

  private constructor(
    name: string,
    client: Client,
    limits: ConnectionLimits,
    catalog: McpCatalog,
    closed: PromiseWithResolvers<string>,
    habit: AskingHabit,
  ) {
    this.#name = name;
    this.#habit = habit;
    this.#turns = new CallTurns(habit);
    this.#client = client;
    this.#limits = limits;
    this.#catalog = catalog;
    this.closed = closed.promise;
    this.#endWith = closed.resolve;
    const changed = (): void => void (this.#changed = true);
    client.setNotificationHandler(ToolListChangedNotificationSchema, changed);
    client.setNotificationHandler(ResourceListChangedNotificationSchema, changed);
    client.setNotificationHandler(PromptListChangedNotificationSchema, changed);
  }

  /** @throws what keeps it from working; nothing of it is left then. */
  static async open(
    transport: Transport,
    {
      name,
      limits,
      version,
      signal,
      habit,
    }: {
      /** What the server is called. */
      name: string;
      habit: AskingHabit;
      limits: ConnectionLimits;
      version: string;
      signal: AbortSignal;
    },
  ): Promise<LiveConnection> {
    const client = new Client(
      { name: "trunkline", title: "Trunkline", version },
      { jsonSchemaValidator: NO_VALIDATION, capabilities: { elicitation: { form: {}, url: {} } } },
    );
    let live: LiveConnection | undefined;
    // A handler of its own for this method would be called after the SDK's check, whose price is the server's to decide.
    client.fallbackRequestHandler = async (request, extra) => {
      if (request.method !== "elicitation/create") {
        throw new McpError(ErrorCode.MethodNotFound, "Method not found");
      }
      if (live === undefined) throw noCaller("No call runs");
      return live.#elicitOnce(request, extra);
    };
    const closed = Promise.withResolvers<string>();
    let broken: BrokenConnectionError | undefined;
    // Its only hooks; the SDK is no EventTarget.
    // eslint-disable-next-line unicorn/prefer-add-event-listener
    client.onerror = (error) => {
      if (!(error instanceof BrokenConnectionError)) return;
      broken = error;
      live?.broke(error);
    };
    // eslint-disable-next-line unicorn/prefer-add-event-listener
    client.onclose = () => closed.resolve(broken?.message ?? "The connection was closed");
    try {
      await client.connect(transport, { timeout: limits.connectMs, signal });
      const catalog = await readCatalog(client, { timeout: limits.listMs, signal });
      live = new LiveConnection(name, client, limits, catalog, closed, habit);
      return live;
    } catch (error) {
      await client.close();
      await transport.close();
      throw broken ?? error;
    }
  }

  /** Why it ends, which the SDK tells no call: to a call, the connection was merely closed. */
  broke(why: Error): void {
    this.#broken = why;
  }

  /** Whether a call runs, or waits for its user. */
  get isBusy(): boolean {
    return this.#calls.size > 0;
  }

  /** As of the last change that the server has announced. */
  async catalog(signal: AbortSignal): Promise<McpCatalog> {
    // Once more where it changed while it was read; whoever changes it all the time is not waited for.
    for (let reads = 0; reads < 2 && (this.#changed || this.#reading !== undefined); reads++) {
      this.#reading ??= this.#readAgain().finally(() => (this.#reading = undefined));
      await Promise.race([this.#reading, aborted(signal)]);
    }
    return this.#catalog;
  }

  async callTool(name: string, input: Record<string, unknown>, use: McpUse & { timeoutMs: number }) {
    const params = { name, arguments: input };
    return this.#during(use, async (call) => {
      const request = { method: "tools/call", params } as const;
      try {
        return readCallResult(await this.#client.request(request, AnyResult, call.options));
      } catch (error) {
        if (!(error instanceof UrlElicitationRequiredError)) throw error;
        await this.#havePagesOpened(call, error.elicitations, use.signal);
        return readCallResult(await this.#client.request(request, AnyResult, call.options));
      }
    });
  }

  async readResource(uri: string, use: McpUse & { timeoutMs: number }) {
    const request = { method: "resources/read", params: { uri } } as const;
    return this.#during(use, async ({ options }) =>
      readContents(await this.#client.request(request, AnyResult, options)),
    );
  }

  async getPrompt(name: string, input: Record<string, string>, use: McpUse & { timeoutMs: number }) {
    const params = { name, arguments: input };
    return this.#during(use, async ({ options }) =>
      readMessages(await this.#client.request({ method: "prompts/get", params }, AnyResult, options)),
    );
  }

  /** Closes it unless it answers. */
  async check(): Promise<void> {
    try {
      await this.#client.ping({ timeout: this.#limits.pingMs });
    } catch {
      await this.close("It does not answer any more");
    }
  }

  async close(reason: string): Promise<void> {
    this.#endWith(reason);
    await this.#client.close();
  }

  async #readAgain(): Promise<void> {
    this.#changed = false;
    try {
      this.#catalog = await readCatalog(this.#client, { timeout: this.#limits.listMs });
    } catch {
      // What it offered before may still work; whether it does, a ping says.
      await this.check();
    }
  }

  async #during<Result>(
    use: McpUse & { timeoutMs: number },
    run: (call: CallInFlight) => Promise<Result>,
  ): Promise<Result> {
    await this.#turns.enter(use.signal);
    using call = new CallInFlight(use, this.#limits.longestCallMs, this.#turns);
    this.#calls.add(call);
    try {
      return await run(call);
    } catch (error) {
      throw this.#broken ?? error;
    } finally {
      this.#calls.delete(call);
      this.#noteChange();
      if (this.#calls.size === 0) this.#elicitations.clear();
    }
  }

  /** What the server wants before it takes the call. @throws Error if the user does not do it. */
  async #havePagesOpened(call: CallInFlight, pages: readonly object[], signal: AbortSignal): Promise<void> {
    for (const page of pages.slice(0, MAX_PAGES)) {
      const params = elicitParams({ method: "elicitation/create", params: page });
      const { action } = resultOf(await call.ask(questionOf(this.#name, params), signal));
      if (action !== "accept") throw new Error("The user has not opened the page that it needs first");
    }
  }

  /** Streamable HTTP delivers a request again when a stream is resumed ("Resumability and Redelivery"): it has one answer. */
  async #elicitOnce(
    request: object,
    { requestId, signal }: { requestId: RequestId; signal: AbortSignal },
  ): Promise<ElicitResult> {
    const answer = this.#elicitations.get(requestId) ?? this.#elicit(request, signal);
    this.#elicitations.set(requestId, answer);
    try {
      return await answer;
    } finally {
      // A server may ask without end as long as its call runs.
      if (this.#elicitations.size > MAX_ANSWERED) this.#elicitations.delete(requestId);
    }
  }

  async #elicit(request: object, signal: AbortSignal): Promise<ElicitResult> {
    const question = asked(() => questionOf(this.#name, elicitParams(request)));
    this.#habit.asks = true;
    const caller = await this.#callerOf(signal);
    const answer = caller.ask(question, signal);
    this.#noteChange();
    return resultOf(await answer);
  }

  /**
   * A server does not say which call it asks for. Where several work, as only before it has asked for the first time, it waits
   * until one is left. @throws McpError if no call works, or all that do ask at once
   */
  async #callerOf(signal: AbortSignal): Promise<CallInFlight> {
    this.#unplaced += 1;
    try {
      for (;;) {
        const working = [...this.#calls].filter(({ isAsking }) => !isAsking);
        const [caller] = working;
        if (caller === undefined) throw noCaller("No call runs");
        if (working.length === 1) return caller;
        if (this.#unplaced >= working.length) throw noCaller("Several calls ask at once: try again");
        await Promise.race([this.#callsChanged.promise, aborted(signal)]);
      }
    } finally {
      this.#unplaced -= 1;
    }
  }

  #noteChange(): void {
    this.#callsChanged.resolve();
    this.#callsChanged = Promise.withResolvers();
  }
}

function noCaller(message: string): McpError {
  return new McpError(ErrorCode.InvalidRequest, `${message}: the user is asked during a call alone`);
}

/** @throws McpError in the server's own terms. */
function asked(make: () => Question): Question {
  try {
    return make();
  } catch (error) {
    throw new McpError(ErrorCode.InvalidParams, error instanceof Error ? error.message : String(error));
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
