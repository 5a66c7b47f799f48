import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FetchLike, Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Networks } from "../network/port.ts";
import type { Redactor } from "../secrets/port.ts";
import type { Spawner } from "../tools/port.ts";
import { boundAnswers } from "./bound-answers.ts";
import { boundedHttp } from "./bounded-http.ts";
import { cleanText } from "./clean-text.ts";
import type { Pace } from "../common/pace.ts";
import type { McpDefinition } from "./port.ts";

import type { StdioTransport } from "./stdio-transport.ts";

/** Opens what a server is spoken to over. @param options.onLog the last words of its program, each time there are more. */
export type OpenTransport = (
  definition: McpDefinition,
  options: { signal: AbortSignal; onLog: (text: string) => void },
) => Promise<Transport>;

export interface TransportDeps {
  ownerId: string;
  spawner: Spawner;
  /** Of programs: where they find others, their language, and that nobody answers their prompts. */
  environment: Readonly<Record<string, string>>;
  /** Below it, programs have directories of their own. */
  directory: string;
  networkOf: (definition: McpDefinition) => Pick<Networks, "open">;
  fetchFor: (definition: McpDefinition) => FetchLike;
  redactor: (values: readonly string[]) => Redactor;
  /** Of programs; what comes over HTTP has it from `fetchFor`. */
  pace: Pace;
}

/** Characters of a program's stderr that are kept. */
const MAX_LOG_LENGTH = 4_000;

export function createOpenTransport(deps: TransportDeps): OpenTransport {
  return async (definition, { signal, onLog }) => {
    signal.throwIfAborted();
    const { transport } = definition;
    const { values = {} } = await definition.secrets();
    if (transport.kind === "http") {
      const { StreamableHTTPClientTransport } =
        await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
      const http = new StreamableHTTPClientTransport(new URL(transport.url), {
        fetch: boundedHttp(deps.fetchFor(definition)),
        requestInit: { headers: values },
      });
      return boundAnswers(http);
    }
    const { redact } = deps.redactor(Object.values(values));
    let log = "";
    const { StdioTransport: Stdio } = await import("./stdio-transport.ts");
    const stdio = new Stdio(
      async (streams) => startProgram(deps, definition, values, streams),
      (bytes) => {
        log = `${log}${Buffer.from(bytes).toString()}`.slice(-2 * MAX_LOG_LENGTH);
        onLog(cleanText(redact(log).slice(-MAX_LOG_LENGTH), MAX_LOG_LENGTH));
      },
      deps.pace,
    );
    return boundAnswers(stdio);
  };
}

/** In the sandbox, as commands are, in a directory of its own instead of a workspace. */
async function startProgram(
  { ownerId, spawner, environment, directory, networkOf }: TransportDeps,
  definition: McpDefinition,
  values: Readonly<Record<string, string>>,
  streams: Parameters<ConstructorParameters<typeof StdioTransport>[0]>[0],
) {
  const { transport, id, readOnly } = definition;
  if (transport.kind !== "stdio") throw new Error("This server is no program");
  const cwd = join(directory, id, ownerId);
  await mkdir(cwd, { recursive: true, mode: 0o700 });
  const network = await networkOf(definition).open({ sessionId: id, ownerId, onRefused: () => undefined });
  try {
    const running = await spawner.spawn({
      argv: [transport.command, ...transport.args],
      cwd,
      ownerId,
      readOnly,
      environment: { ...environment, ...values, HOME: cwd, PWD: cwd },
      input: "interactive",
      network: network.access,
      ...streams,
    });
    const close = async (): Promise<void> => network[Symbol.asyncDispose]();
    void running.exited.then(close, close);
    return running;
  } catch (error) {
    await network[Symbol.asyncDispose]();
    throw error;
  }
}
