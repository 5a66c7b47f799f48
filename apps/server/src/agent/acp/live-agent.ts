import { setTimeout as wait } from "node:timers/promises";
import {
  client,
  type ClientContext,
  type InitializeResponse,
  type NewSessionResponse,
  PROTOCOL_VERSION,
  RequestError,
  type RequestPermissionOutcome,
} from "@agentclientprotocol/sdk";
import { TrunklineError } from "@trunkline/contract";
import type { RunningProcess, Spawner, SpawnRequest } from "../../tools/port.ts";
import { AgentItems, settled } from "./agent-items.ts";
import { AgentMessages } from "./agent-messages.ts";
import type { ClientServices } from "./client-services.ts";
import { leavingOut, refuse } from "./left-out-items.ts";

/** How long an agent may take to start, in ms: the first time, some unpack themselves. */
const START_MS = 120_000;
/** How long it gets to end its turn when it is canceled, in ms. */
const CANCEL_MS = 1_500;
/** How long it gets to leave by itself once its work is done, in ms. */
const LEAVE_MS = 3_000;
/** Some agents answer `session/load` and then tell of the past: it is over once nothing has come for so long, in ms. */
const PAST_GAP_MS = 300;
/** How long telling of the past may go on after the answer, in ms. */
const PAST_MS = 30_000;
/** Characters of its complaints that are kept: the last ones. */
const MAX_COMPLAINT = 4_000;

export interface LiveAgentOptions {
  title: string;
  spawner: Spawner;
  request: Omit<SpawnRequest, "input" | "onOutput" | "onErrorOutput">;
  services: ClientServices;
  /** It is offered no files. */
  hasOwnFiles: boolean;
  version: string;
  /** Called when its processes are gone. */
  released: () => Promise<void>;
}

/** An agent's process and the connection to it. */
export class LiveAgent {
  readonly items: AgentItems;
  #complaint = "";
  #ending: Promise<void> | undefined;
  #isInTurn = false;
  readonly #options: LiveAgentOptions;
  readonly #running: RunningProcess;
  readonly #context: ClientContext;
  readonly #close: () => void;
  #sessionId = "";
  /** Which it was asked to go on with, and could not. */
  #lostSessionId: string | null = null;
  #ready!: InitializeResponse;

  private constructor(
    options: LiveAgentOptions,
    running: RunningProcess,
    { items, messages }: { items: AgentItems; messages: AgentMessages },
  ) {
    this.#options = options;
    this.#running = running;
    this.items = items;
    const { stdin } = running;
    if (stdin === null) throw new Error("the agent has no input");
    const connection = this.#app().connect(messages.streamTo(stdin));
    this.#context = connection.agent;
    this.#close = () => connection.close();
    void connection.closed.then(() => this.#broke(connection.signal.reason));
    void running.exited.then(({ code, signal }) => {
      const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
      this.items.add({ type: "failed", error: new Error(`${options.title} ended ${how}${this.complaint}`) });
    });
  }

  /** Without its connection it can neither work nor say that it is done. */
  #broke(reason: unknown): void {
    if (this.#ending !== undefined) return;
    const why = reason instanceof Error ? reason.message : "the connection ended";
    const { title } = this.#options;
    this.items.add({
      type: "failed",
      error: new Error(`${title} can't be understood: ${why}${this.complaint}`),
    });
  }

  /** @throws Error, TrunklineError if it does not start; nothing of it runs then. */
  static async start(options: LiveAgentOptions, signal: AbortSignal): Promise<LiveAgent> {
    const started: { agent?: LiveAgent } = {};
    const items = new AgentItems();
    const messages = new AgentMessages(items);
    const running = await options.spawner.spawn({
      ...options.request,
      input: "interactive",
      onOutput: async (bytes) => messages.take(bytes),
      onErrorOutput: (bytes) => started.agent?.complain(bytes),
    });
    const agent = new LiveAgent(options, running, { items, messages });
    started.agent = agent;
    try {
      await agent.#initialize(signal);
      return agent;
    } catch (error) {
      await agent.end();
      throw error;
    }
  }

  get capabilities(): NonNullable<InitializeResponse["agentCapabilities"]> {
    return this.#ready.agentCapabilities ?? {};
  }

  get sessionId(): string {
    return this.#sessionId;
  }

  /** What it said on stderr last, to follow a message; empty: nothing. */
  get complaint(): string {
    const text = this.#complaint.trim();
    return text === "" ? "" : `: ${text.slice(-500).toWellFormed()}`;
  }

  complain(bytes: Uint8Array): void {
    this.#complaint = (this.#complaint + Buffer.from(bytes).toString()).slice(-MAX_COMPLAINT);
  }

  async setMode(modeId: string, signal: AbortSignal): Promise<void> {
    const request = this.#context.request("session/set_mode", { sessionId: this.#sessionId, modeId });
    await this.#within(START_MS, signal, request);
  }

  async newSession(cwd: string, signal: AbortSignal): Promise<void> {
    const request = this.#context.request("session/new", { cwd, mcpServers: [] });
    // The protocol's library takes whatever an agent answers.
    const opened = (await this.#within(START_MS, signal, request)) as Partial<NewSessionResponse> | null;
    if (typeof opened?.sessionId !== "string") throw new Error("it opened a session without an id");
    this.#sessionId = opened.sessionId;
  }

  /** What it tells of the past is left out: our log has it. @returns false if it no longer knows that session. */
  async loadSession(sessionId: string, cwd: string, signal: AbortSignal): Promise<boolean> {
    if (this.capabilities.loadSession !== true) return false;
    const request = this.#context.request("session/load", { sessionId, cwd, mcpServers: [] });
    try {
      await leavingOut(this.items, this.#within(START_MS, signal, request));
    } catch {
      signal.throwIfAborted();
      this.#lostSessionId = sessionId;
      return false;
    }
    const until = performance.now() + PAST_MS;
    while (performance.now() < until) {
      if ((await this.items.next(signal, PAST_GAP_MS)) === null) break;
    }
    this.#sessionId = sessionId;
    return true;
  }

  /** The turn's updates and its end become items. */
  prompt(text: string): void {
    this.#isInTurn = true;
    const request = this.#context.request("session/prompt", {
      sessionId: this.#sessionId,
      prompt: [{ type: "text", text }],
    });
    request.then(
      async (response) => {
        this.#isInTurn = false;
        if (typeof response?.stopReason !== "string") {
          const error = new Error("it ended its turn without saying why");
          this.items.add({ type: "failed", error });
          return;
        }
        // Updates that arrived before it are items before it.
        await settled();
        this.items.add({ type: "turn-ended", response });
      },
      (error: unknown) => {
        this.#isInTurn = false;
        this.items.add({ type: "failed", error });
      },
    );
  }

  /** Asks it to end its turn, then ends it with everything that it has started. Never throws. */
  async end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const { services, released } = this.#options;
    if (this.#isInTurn && this.#sessionId !== "") {
      void this.#context.notify("session/cancel", { sessionId: this.#sessionId }).catch(() => undefined);
      await this.#untilIdle();
    }
    await services.end();
    if (!this.#isInTurn) await this.#leave();
    this.#close();
    await this.#running.end();
    await released();
  }

  /** Its input ends, and it may write down what it remembers. */
  async #leave(): Promise<void> {
    this.#running.stdin?.end();
    const late = new AbortController();
    const patience = wait(LEAVE_MS, undefined, { signal: late.signal }).catch(() => undefined);
    await Promise.race([this.#running.exited, patience]);
    late.abort();
  }

  async #untilIdle(): Promise<void> {
    const until = performance.now() + CANCEL_MS;
    const signal = new AbortController().signal;
    while (this.#isInTurn) {
      const left = until - performance.now();
      if (left <= 0) return;
      const item = await this.items.next(signal, left);
      if (item === null || item.type === "turn-ended" || item.type === "failed") return;
      refuse(item);
    }
  }

  async #initialize(signal: AbortSignal): Promise<void> {
    const files = !this.#options.hasOwnFiles;
    const request = this.#context.request("initialize", {
      protocolVersion: PROTOCOL_VERSION,
      clientInfo: { name: "trunkline", version: this.#options.version },
      clientCapabilities: { fs: { readTextFile: files, writeTextFile: files }, terminal: true },
    });
    const ready = (await this.#within(START_MS, signal, request)) as InitializeResponse | null;
    if (ready === null) throw new Error("it has not said which version of the protocol it speaks");
    this.#ready = ready;
    const { protocolVersion } = ready;
    if (protocolVersion !== PROTOCOL_VERSION) {
      throw new TrunklineError(
        "unavailable",
        `${this.#options.title} speaks version ${protocolVersion} of the protocol, this server ${PROTOCOL_VERSION}. Update the one that is older`,
      );
    }
  }

  #app() {
    const { services } = this.#options;
    const app = client()
      .onNotification("session/update", ({ params }) => {
        if (this.#isOurs(params.sessionId)) this.items.add({ type: "update", update: params.update });
      })
      .onRequest("session/request_permission", async ({ params }) => {
        this.#requireOurs(params.sessionId);
        const { promise, resolve } = Promise.withResolvers<RequestPermissionOutcome>();
        this.items.add({ type: "permission", request: params, answer: resolve });
        return { outcome: await promise };
      });
    return services.register(app, this.items, (sessionId) => this.#requireOurs(sessionId));
  }

  /** Until it has said what its session is called, whatever it tells is of that one. */
  #isOurs(sessionId: string): boolean {
    return this.#sessionId === "" ? sessionId !== this.#lostSessionId : sessionId === this.#sessionId;
  }

  /** Agents have sessions of their own beside ours, of which nobody here has been told anything. */
  #requireOurs(sessionId: string): void {
    if (this.#isOurs(sessionId)) return;
    throw RequestError.invalidParams(undefined, "This session was not opened by this client");
  }

  /** @throws Error if it takes too long or the process ends first. */
  async #within<T>(ms: number, signal: AbortSignal, request: Promise<T>): Promise<T> {
    const { title } = this.#options;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error(`${title} did not answer within ${ms / 1_000} s`)),
      ms,
    );
    const onAbort = (): void => late.reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    const gone = this.#running.exited.then((): never => {
      throw new Error(`${title} ended before it was ready${this.complaint}`);
    });
    gone.catch(() => undefined);
    try {
      signal.throwIfAborted();
      return await Promise.race([request, late.promise, gone]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
  }
}
