import type {
  PromptResponse,
  RequestPermissionOutcome,
  RequestPermissionRequest,
  SessionUpdate,
} from "@agentclientprotocol/sdk";
import type { ToolResult } from "../../tools/port.ts";

/** What an agent says, in the order in which it says it. */
export type AgentItem =
  | { type: "update"; update: SessionUpdate }
  | {
      type: "permission";
      request: RequestPermissionRequest;
      answer: (outcome: RequestPermissionOutcome) => void;
    }
  /** It wants the server to do something. */
  | { type: "act"; act: AgentAct }
  | { type: "turn-ended"; response: PromptResponse }
  /** The turn, or the agent itself, has failed. */
  | { type: "failed"; error: unknown };

/** Something that the server does for the agent, once it may. */
export interface AgentAct {
  tool: string;
  kind: "edit" | "execute";
  title: string;
  /** For the log. */
  input: Record<string, string>;
  /** Path in the workspace that it changes. */
  path?: string;
  /** Does it and answers the agent. */
  perform(): Promise<Pick<ToolResult, "status" | "output" | "fileChanges">>;
  refuse(reason: string): void;
}

/** Items that may wait, and bytes of what they were made of; then the agent's output is read no further. */
const MAX_WAITING = 1_000;
const MAX_WAITING_BYTES = 32 * 1_048_576;

/** A queue between the agent's connection and whoever works on its task; bounded by not reading on. */
export class AgentItems {
  readonly #items: AgentItem[] = [];
  /** Of what has come since nothing waited. */
  #bytes = 0;
  #added = Promise.withResolvers<void>();
  #taken = Promise.withResolvers<void>();

  add(item: AgentItem): void {
    this.#items.push(item);
    this.#added.resolve();
  }

  /** @param bytes of what may become an item. */
  received(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Resolves once there is room for more. */
  async room(): Promise<void> {
    for (;;) {
      if (this.#items.length === 0) this.#bytes = 0;
      if (this.#items.length < MAX_WAITING && this.#bytes < MAX_WAITING_BYTES) return;
      await this.#taken.promise;
    }
  }

  takeNow(): AgentItem | undefined {
    const item = this.#items.shift();
    if (item === undefined) return undefined;
    this.#taken.resolve();
    this.#taken = Promise.withResolvers<void>();
    return item;
  }

  /** @returns null if nothing came within this time. @throws the signal's reason once it aborts. */
  async next(signal: AbortSignal, withinMs: number | null): Promise<AgentItem | null> {
    signal.throwIfAborted();
    const item = this.takeNow();
    if (item !== undefined) return item;
    this.#added = Promise.withResolvers<void>();
    const timeUp = Promise.withResolvers<"late">();
    const timer = withinMs === null ? undefined : setTimeout(() => timeUp.resolve("late"), withinMs);
    const aborted = Promise.withResolvers<void>();
    const onAbort = (): void => aborted.resolve();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([this.#added.promise, timeUp.promise, aborted.promise]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
    signal.throwIfAborted();
    return this.takeNow() ?? null;
  }
}

/** Resolves when what has arrived was handled. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
