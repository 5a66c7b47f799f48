import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  CallToolResultSchema,
  type GetPromptResult,
  GetPromptResultSchema,
  PromptListChangedNotificationSchema,
  ReadResourceResultSchema,
  ResourceListChangedNotificationSchema,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import type { JsonSchemaValidator, jsonSchemaValidator } from "@modelcontextprotocol/sdk/validation";
import { readCatalog } from "./catalog.ts";
import type { McpCatalog, McpUse } from "./port.ts";

/** How long a server may take to introduce itself and to list what it offers, in ms. */
export interface ConnectionLimits {
  connectMs: number;
  listMs: number;
  /** Whether it lives at all. */
  pingMs: number;
  /** However much it says meanwhile. */
  longestCallMs: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  // A package may have to be fetched first.
  connectMs: 120_000,
  listMs: 30_000,
  pingMs: 5_000,
  longestCallMs: 1_800_000,
};

/** A connection that works, until it is closed. */
export class LiveConnection {
  /** Resolves with the reason, for people. */
  readonly closed: Promise<string>;
  readonly #client: Client;
  readonly #limits: ConnectionLimits;
  #catalog: McpCatalog;
  #changed = false;
  #reading: Promise<void> | undefined;
  #endWith: (reason: string) => void;

  private constructor(
    client: Client,
    limits: ConnectionLimits,
    catalog: McpCatalog,
    closed: PromiseWithResolvers<string>,
  ) {
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
    { limits, version, signal }: { limits: ConnectionLimits; version: string; signal: AbortSignal },
  ): Promise<LiveConnection> {
    const client = new Client(
      { name: "trunkline", title: "Trunkline", version },
      { jsonSchemaValidator: NONE },
    );
    const closed = Promise.withResolvers<string>();
    // Its only hook; the SDK is no EventTarget.
    // eslint-disable-next-line unicorn/prefer-add-event-listener
    client.onclose = () => closed.resolve("The connection was closed");
    try {
      await client.connect(transport, { timeout: limits.connectMs, signal });
      const catalog = await readCatalog(client, { timeout: limits.listMs, signal });
      return new LiveConnection(client, limits, catalog, closed);
    } catch (error) {
      await client.close();
      await transport.close();
      throw error;
    }
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
    return this.#client.request({ method: "tools/call", params }, CallToolResultSchema, this.#optionsOf(use));
  }

  async readResource(uri: string, use: McpUse & { timeoutMs: number }) {
    const request = { method: "resources/read", params: { uri } } as const;
    return this.#client.request(request, ReadResourceResultSchema, this.#optionsOf(use));
  }

  async getPrompt(
    name: string,
    input: Record<string, string>,
    use: McpUse & { timeoutMs: number },
  ): Promise<GetPromptResult> {
    const params = { name, arguments: input };
    return this.#client.request(
      { method: "prompts/get", params },
      GetPromptResultSchema,
      this.#optionsOf(use),
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

  #optionsOf({ timeoutMs, signal, progress }: McpUse & { timeoutMs: number }): RequestOptions {
    return {
      timeout: timeoutMs,
      maxTotalTimeout: this.#limits.longestCallMs,
      resetTimeoutOnProgress: true,
      signal,
      onprogress: ({ progress: done, total, message }) => {
        const count = total === undefined ? String(done) : `${done}/${total}`;
        void progress?.(message === undefined ? `${count}\n` : `${count} ${message}\n`);
      },
    };
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

/** Servers check what they are told themselves; compiling their schemas would be work at their price. */
const NONE: jsonSchemaValidator = {
  getValidator<T>(): JsonSchemaValidator<T> {
    return (input) => ({ valid: true, data: input as T, errorMessage: undefined });
  },
};
