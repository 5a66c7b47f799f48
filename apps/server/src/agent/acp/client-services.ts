import { type ClientApp, RequestError } from "@agentclientprotocol/sdk";
import { TrunklineError } from "@trunkline/contract";
import type { ToolResult, ToolSession, WorkspaceFiles } from "../../tools/port.ts";
import type { AgentItems } from "./agent-items.ts";
import type { Terminals } from "./terminals.ts";
import { pathInside } from "./workspace-paths.ts";

/** Bytes of a file that an agent reads at once. */
const MAX_READ_BYTES = 4 * 1_048_576;
const MAX_LINES = 100_000;

export interface ClientServicesDeps {
  session: ToolSession;
  files: WorkspaceFiles;
  /** Writes a file as the tool of that name does. */
  write: (path: string, content: string) => Promise<ToolResult>;
  terminals: Terminals;
}

/** What an agent may ask of us: files of the workspace, and commands in the sandbox. */
export class ClientServices {
  readonly #deps: ClientServicesDeps;

  constructor(deps: ClientServicesDeps) {
    this.#deps = deps;
  }

  /** @param requireOurs throws for a session that is not the one at work. */
  register(app: ClientApp, items: AgentItems, requireOurs: (sessionId: string) => void): ClientApp {
    const { terminals } = this.#deps;
    const ours = <Params extends { sessionId: string }>(params: Params): Params => {
      requireOurs(params.sessionId);
      return params;
    };
    return app
      .onRequest("fs/read_text_file", async ({ params }) => ({ content: await this.#read(ours(params)) }))
      .onRequest("fs/write_text_file", async ({ params }) => {
        const { path, content } = ours(params);
        return this.#write(path, content, items);
      })
      .onRequest("terminal/create", async ({ params }) => terminals.create(ours(params), items))
      .onRequest("terminal/output", async ({ params }) => terminals.output(params.terminalId))
      .onRequest("terminal/wait_for_exit", async ({ params }) => terminals.exit(params.terminalId))
      .onRequest("terminal/kill", async ({ params }) => terminals.kill(params.terminalId))
      .onRequest("terminal/release", async ({ params }) => terminals.release(params.terminalId));
  }

  async end(): Promise<void> {
    await this.#deps.terminals.end();
  }

  async #read(params: { path: string; line?: number | null | undefined; limit?: number | null | undefined }) {
    const { session, files } = this.#deps;
    const path = this.#inside(params.path);
    const first = Math.max(1, params.line ?? 1);
    const piece = { path, fromByte: undefined, fromLine: first, maxBytes: MAX_READ_BYTES };
    const { text, encoding } = await files.read(session.workspace, piece).catch((error: unknown) => {
      if (error instanceof TrunklineError && error.reason === "not_found")
        throw RequestError.resourceNotFound(path);
      throw new RequestError(-32_000, error instanceof Error ? error.message : String(error));
    });
    if (encoding === null) throw RequestError.invalidParams(undefined, `${path} is no text file`);
    if (typeof params.limit !== "number") return text;
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    return lines.slice(0, Math.min(params.limit, MAX_LINES)).join("");
  }

  async #write(written: string, content: string, items: AgentItems): Promise<Record<string, never>> {
    const path = this.#inside(written);
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, never>>();
    const refuse = (reason: string): void => reject(new RequestError(-32_000, reason));
    items.add({
      type: "act",
      act: {
        tool: "write_file",
        kind: "edit",
        title: path,
        input: { path },
        path,
        perform: async () => {
          const result = await this.#deps.write(path, content);
          if (result.status === "succeeded") resolve({});
          else refuse(result.output);
          return result;
        },
        refuse,
      },
    });
    return promise;
  }

  #inside(path: string): string {
    const inside = pathInside(this.#deps.session.workspace, path);
    if (inside === null || inside === "") {
      throw RequestError.invalidParams(undefined, `${path} is outside the workspace`);
    }
    return inside;
  }
}
