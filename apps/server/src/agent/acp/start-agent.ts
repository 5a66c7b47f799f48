import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type NetworkRefusal, TrunklineError } from "@trunkline/contract";
import type { ByteBudget } from "../../fairness/byte-budget.ts";
import type { CommandNetwork, Networks } from "../../network/port.ts";
import type { Spawner, ToolResult, ToolSession, WorkspaceFiles } from "../../tools/port.ts";
import { upstreamOf } from "../models/provider-upstream.ts";
import type { AgentPlace } from "./agent-memory.ts";
import { findAgentProgram } from "./agent-program.ts";
import type { AcpAgentSetting } from "./agent-setting.ts";
import { ClientServices } from "./client-services.ts";
import { LiveAgent } from "./live-agent.ts";
import type { Launch } from "./preset.ts";
import { ProviderGateway } from "./provider-gateway.ts";
import { Terminals } from "./terminals.ts";
import type { UsageMeter } from "./usage-meter.ts";
import { pathInside } from "./workspace-paths.ts";

export interface AgentStartDeps {
  spawner: Spawner;
  networks: Networks;
  files: WorkspaceFiles;
  /** What commands may see of the server's environment, and what keeps them from asking. */
  environment: Readonly<Record<string, string>>;
  /** Variables of the session's project. */
  environmentOf: (session: ToolSession) => Promise<Readonly<Record<string, string>>>;
  findProgram: (name: string) => Promise<string | null>;
  /** Memory for what agents send to their providers. */
  bodies: ByteBudget;
  version: string;
}

export interface AgentStart {
  setting: AcpAgentSetting;
  session: ToolSession;
  place: AgentPlace;
  meter: UsageMeter;
  /** The provider's name for it; null: the agent's default. */
  model: string | null;
  onRefused: (refusal: NetworkRefusal) => void;
  /** Writes a file of the workspace as the tool of that name does. */
  write: (path: string, content: string) => Promise<ToolResult>;
  signal: AbortSignal;
}

/** Starts an agent's process, before any session of it. @throws TrunklineError that says what it needs. */
export async function startAgent(
  deps: AgentStartDeps,
  start: AgentStart,
): Promise<{ agent: LiveAgent; mode: string | null }> {
  const { setting, session, place, signal } = start;
  const { title, command } = setting;
  const program = await findAgentProgram(command[0], deps.findProgram);
  if (program === null) {
    throw new TrunklineError(
      "unavailable",
      `${title} is not installed: there is no '${command[0]}'. ${setting.install}`,
    );
  }
  if (setting.missing !== null) throw new TrunklineError("unavailable", `${title} ${setting.missing}`);
  await using resources = new AsyncDisposableStack();
  const provider = setting.provider === null ? null : upstreamOf(setting.provider);
  const { meter } = start;
  const { bodies } = deps;
  const { ownerId } = session;
  const gateway =
    provider === null ? null : new ProviderGateway({ upstream: provider, meter, bodies, ownerId });
  resources.defer(() => gateway?.close());
  const handle: ProviderGateway["handle"] =
    gateway?.handle ?? ((_request, response) => void response.writeHead(404).end());
  const { onRefused } = start;
  const network = resources.use(
    await deps.networks.open({ ...session, onRefused, service: { handle, hosts: setting.hosts } }),
  );
  const origin = gateway === null ? "" : await originFor(network, handle, resources);
  const launch = launchOf(start, gateway?.addressAt(origin) ?? "", deps.spawner.isSandboxed);
  for (const [name, content] of Object.entries(launch.files ?? {})) {
    await writeFile(join(place.settings, name), content, { mode: 0o600 });
  }
  const environment = {
    ...deps.environment,
    ...(await deps.environmentOf(session)),
    ...launch.environment,
    ...placed(setting.environment, gateway?.addressAt(origin) ?? "", start.model ?? ""),
    HOME: place.home,
    PWD: session.workspace,
  };
  const request = {
    cwd: session.workspace,
    ownerId,
    environment,
    readOnly: [place.settings, ...program.shown, ...setting.shown],
    writable: [place.home],
    limited: [place.home],
    network: network.access,
  };
  const terminals = new Terminals(
    session.workspace,
    async ({ argv, directory, environment: variables, onOutput }) => {
      if (pathInside(session.workspace, directory) === null) {
        throw new Error(`${directory} is outside the workspace`);
      }
      const own = await deps.networks.open({ ...session, onRefused });
      const script = 'cd -- "$1" && shift && exec "$@"';
      const running = await deps.spawner.spawn({
        ...request,
        network: own.access,
        argv: ["bash", "--noprofile", "--norc", "-c", script, "bash", directory, ...argv],
        environment: { ...environment, ...variables },
        onOutput,
      });
      void running.exited.then(async () => own[Symbol.asyncDispose]());
      return running;
    },
  );
  const services = new ClientServices({ session, files: deps.files, terminals, write: start.write });
  const held = resources.move();
  const argv: [string, ...string[]] = [program.path, ...command.slice(1)];
  const agent = await LiveAgent.start(
    {
      title,
      spawner: deps.spawner,
      request: { ...request, argv },
      services,
      hasOwnFiles: setting.preset?.hasOwnFiles === true,
      version: deps.version,
      released: async () => held.disposeAsync(),
    },
    signal,
  ).catch(async (error: unknown) => {
    await held.disposeAsync();
    throw error;
  });
  return { agent, mode: launch.mode ?? null };
}

/** What the operator writes into an agent's environment where it has no preset. */
function placed(environment: Readonly<Record<string, string>>, address: string, model: string) {
  const entries = Object.entries(environment).map(([name, value]) => [
    name,
    value.replaceAll("{provider}", address).replaceAll("{model}", model),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function launchOf({ setting, place, model }: AgentStart, address: string, isSandboxed: boolean): Launch {
  const { preset, provider } = setting;
  if (preset === null || provider === null) return { environment: {} };
  const { home, settings } = place;
  return preset.launch({ home, settings, provider: { kind: provider.kind, address, model }, isSandboxed });
}

/** Where the agent finds the gateway: at the gate of its sandbox, or on the machine's loopback where it shares that. */
async function originFor(
  { access }: CommandNetwork,
  handle: ProviderGateway["handle"],
  resources: AsyncDisposableStack,
): Promise<string> {
  if (typeof access === "object") return `http://127.0.0.1:${access.port}`;
  const server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  resources.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
