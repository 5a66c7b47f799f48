import type { ToolResult } from "../tools/port.ts";
import { promptText, type StoreImage, resourceResult, toToolResult } from "./call-result.ts";
import { describeFault } from "./fault.ts";
import type { LiveConnection } from "./live-connection.ts";
import type { McpDefinition, McpUse } from "./port.ts";
import type { SupervisedServer } from "./supervised-server.ts";

/** One user's use of a server. What fails is told in words for the model. */
export class ServerUse {
  readonly server: SupervisedServer;
  readonly #storeImage: StoreImage;

  constructor(server: SupervisedServer, storeImage: StoreImage) {
    this.server = server;
    this.#storeImage = storeImage;
  }

  get definition(): McpDefinition {
    return this.server.definition;
  }

  async callTool(name: string, input: Record<string, unknown>, use: McpUse): Promise<ToolResult> {
    const result = await this.#with(use, async (live, options) => live.callTool(name, input, options));
    return toToolResult(result, this.#storeImage);
  }

  async readResource(uri: string, use: McpUse): Promise<ToolResult> {
    return resourceResult(await this.#with(use, async (live, options) => live.readResource(uri, options)));
  }

  /** @returns its messages as one text. */
  async getPrompt(name: string, input: Record<string, string>, use: McpUse): Promise<string> {
    return promptText(await this.#with(use, async (live, options) => live.getPrompt(name, input, options)));
  }

  /** @throws Error in words for the model or a person; the signal's reason once aborted. */
  async #with<Result>(
    use: McpUse,
    call: (live: LiveConnection, options: McpUse & { timeoutMs: number }) => Promise<Result>,
  ): Promise<Result> {
    const { name, timeoutMs } = this.definition;
    const live = await this.server.ready(use.signal);
    use.signal.throwIfAborted();
    if (live === null) {
      const { message } = this.server.status();
      throw new Error(`The MCP server ${name} does not work now: ${message ?? "it is starting"}`);
    }
    try {
      return await call(live, { ...use, timeoutMs });
    } catch (error) {
      use.signal.throwIfAborted();
      // What hangs, or has gone, is started again.
      await live.check();
      throw new Error(`The MCP server ${name} failed: ${describeFault(error)}`, { cause: error });
    }
  }
}
