import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { Readable, Writable } from "node:stream";
import {
  client,
  type ClientConnection,
  type McpServer,
  ndJsonStream,
  type NewSessionResponse,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type SessionUpdate,
} from "@agentclientprotocol/sdk";
import { installedLauncher } from "./launcher.ts";

/** An editor in small: the SDK's client, and the command on its standard input and output. */
export class Editor implements AsyncDisposable {
  readonly updates: SessionUpdate[] = [];
  readonly asked: RequestPermissionRequest[] = [];
  /** How the user answers. */
  answer: (request: RequestPermissionRequest) => Promise<RequestPermissionResponse> = async () =>
    selected("allow");
  readonly #child: ChildProcess;
  readonly connection: ClientConnection;

  /** @param server its data directory, or the variables that name one elsewhere */
  constructor(server: string | Readonly<Record<string, string>>, ...args: string[]) {
    const { PATH = "", HOME = "" } = process.env;
    const child = spawn(process.execPath, [installedLauncher(), "acp", ...args], {
      env: { PATH, HOME, ...(typeof server === "string" ? { TRUNKLINE_DATA_DIR: server } : server) },
      cwd: tmpdir(),
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child = child;
    this.connection = client({ name: "editor" })
      .onNotification("session/update", ({ params }) => void this.updates.push(params.update))
      .onRequest("session/request_permission", async ({ params }) => {
        this.asked.push(params);
        return this.answer(params);
      })
      .connect(
        ndJsonStream(
          Writable.toWeb(child.stdin) as WritableStream<Uint8Array>,
          Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>,
        ),
      );
  }

  get agent() {
    return this.connection.agent;
  }

  /** Begins a thread. */
  async open(cwd = tmpdir(), mcpServers: McpServer[] = []) {
    const ready = await this.agent.request("initialize", { protocolVersion: 1, clientCapabilities: {} });
    const session = await this.agent.request<NewSessionResponse>("session/new", { cwd, mcpServers });
    return { ready, session, sessionId: session.sessionId };
  }

  async prompt(sessionId: string, text: string): Promise<string> {
    const { stopReason } = await this.agent.request("session/prompt", {
      sessionId,
      prompt: [{ type: "text", text }],
    });
    return stopReason;
  }

  /** What was said, without thoughts and calls. */
  get said(): string {
    return this.updates
      .flatMap((one) =>
        one.sessionUpdate === "agent_message_chunk" && one.content.type === "text" ? [one.content.text] : [],
      )
      .join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.close();
    this.#child.stdin?.end();
    if (this.#child.exitCode === null) await once(this.#child, "exit");
  }
}

export function selected(optionId: string): RequestPermissionResponse {
  return { outcome: { outcome: "selected", optionId } };
}
