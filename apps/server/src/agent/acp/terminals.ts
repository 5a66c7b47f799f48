import { randomUUID } from "node:crypto";
import {
  type CreateTerminalRequest,
  type CreateTerminalResponse,
  RequestError,
  type TerminalOutputResponse,
  type WaitForTerminalExitResponse,
} from "@agentclientprotocol/sdk";
import { resolve } from "node:path";
import { CLOCK, Pace } from "../../common/pace.ts";
import { HeadTailBuffer } from "../../common/head-tail-buffer.ts";
import type { OnOutput, ProcessExit, RunningProcess } from "../../tools/port.ts";
import type { AgentItems } from "./agent-items.ts";

/** Starts a command as the agent itself runs: in its sandbox, with its network. */
export type StartCommand = (options: {
  argv: readonly [string, ...string[]];
  /** Absolute, within the workspace. */
  directory: string;
  environment: Readonly<Record<string, string>>;
  onOutput: OnOutput;
}) => Promise<RunningProcess>;

const DEFAULT_KEPT_BYTES = 1_048_576;
const MAX_TERMINALS = 16;
/** How fast the output of all of them is read: 32 MB a second. */
const OUTPUT_SPEED = { unitBytes: 1_024, unitsPerSecond: 32_000 };

interface Terminal {
  running: RunningProcess;
  kept: HeadTailBuffer;
  exit: Promise<WaitForTerminalExitResponse>;
  exited: WaitForTerminalExitResponse | null;
}

/** Commands that an agent has us run. */
export class Terminals {
  readonly #terminals = new Map<string, Terminal>();
  readonly #start: StartCommand;
  readonly #workspace: string;
  readonly #pace = new Pace(CLOCK, OUTPUT_SPEED);

  constructor(workspace: string, start: StartCommand) {
    this.#workspace = workspace;
    this.#start = start;
  }

  /** Resolves once it may run, and does. */
  async create(request: CreateTerminalRequest, items: AgentItems): Promise<CreateTerminalResponse> {
    if (this.#terminals.size >= MAX_TERMINALS) {
      throw new RequestError(-32_000, `There are ${MAX_TERMINALS} terminals already: release one`);
    }
    const { promise, resolve: answer, reject } = Promise.withResolvers<CreateTerminalResponse>();
    const command = [request.command, ...(request.args ?? [])].join(" ");
    const refuse = (reason: string): void => reject(new RequestError(-32_000, reason));
    items.add({
      type: "act",
      act: {
        tool: "bash",
        kind: "execute",
        title: command,
        input: { command },
        perform: async () => {
          try {
            const terminalId = await this.#run(request);
            answer({ terminalId });
            return { status: "succeeded", output: "[started; its output is the agent's to read]" };
          } catch (error) {
            const output = error instanceof Error ? error.message : String(error);
            refuse(output);
            return { status: "failed", output };
          }
        },
        refuse,
      },
    });
    return promise;
  }

  output(terminalId: string): TerminalOutputResponse {
    const { kept, exited } = this.#find(terminalId);
    // A cut through a character is none of the agent's business.
    const { tail, omittedBytes } = kept.read();
    const output = tail.toString().replace(/^\uFFFD+/, "");
    return { output, truncated: omittedBytes > 0, ...(exited !== null && { exitStatus: exited }) };
  }

  async exit(terminalId: string): Promise<WaitForTerminalExitResponse> {
    return this.#find(terminalId).exit;
  }

  async kill(terminalId: string): Promise<Record<string, never>> {
    await this.#find(terminalId).running.end();
    return {};
  }

  async release(terminalId: string): Promise<Record<string, never>> {
    const { running } = this.#find(terminalId);
    this.#terminals.delete(terminalId);
    await running.end();
    return {};
  }

  /** Ends all of them. */
  async end(): Promise<void> {
    await Promise.all([...this.#terminals.values()].map(async ({ running }) => running.end()));
    this.#terminals.clear();
  }

  async #run({ command, args, env, cwd, outputByteLimit }: CreateTerminalRequest): Promise<string> {
    const most = Math.max(1, Math.min(outputByteLimit ?? DEFAULT_KEPT_BYTES, DEFAULT_KEPT_BYTES));
    const kept = new HeadTailBuffer(0, most);
    const isLine = args === undefined || args.length === 0;
    const running = await this.#start({
      argv: isLine ? ["bash", "--noprofile", "--norc", "-c", command] : [command, ...args],
      directory: resolve(this.#workspace, cwd ?? "."),
      environment: Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
      onOutput: async (bytes) => {
        kept.push(bytes);
        await this.#pace.take(bytes.length, 0);
      },
    });
    const exit = running.exited.then(statusOf);
    const terminal: Terminal = { running, kept, exit, exited: null };
    const terminalId = randomUUID();
    this.#terminals.set(terminalId, terminal);
    void exit.then((status) => {
      terminal.exited = status;
    });
    return terminalId;
  }

  #find(terminalId: string): Terminal {
    const terminal = this.#terminals.get(terminalId);
    if (terminal === undefined)
      throw RequestError.invalidParams(undefined, `There is no terminal ${terminalId}`);
    return terminal;
  }
}

function statusOf({ code, signal }: ProcessExit): WaitForTerminalExitResponse {
  return { exitCode: code, signal };
}
