import { join } from "node:path";
import { acpAgents } from "../agent/acp/acp-agents.ts";
import { agentSettings } from "../agent/acp/agent-settings.ts";
import type { AgentWork } from "../agent/acp/agent-work.ts";
import { systemClock } from "../agent/clock.ts";
import { providerSettings } from "../agent/models/provider-setting.ts";
import type { HeldCall, WithdrawQuestion } from "../agent/held-call.ts";
import { ParkedWork } from "../agent/parked-work.ts";
import { createAgentRegistry } from "../agent/agent-registry.ts";
import { builtInAgents } from "../agent/built-in-agents.ts";
import { ByteBudget } from "../fairness/byte-budget.ts";
import { attachmentReader } from "../blobs/attachment-reader.ts";
import type { Blobs } from "../blobs/port.ts";
import type { AgentRegistry } from "../agent/port.ts";
import { createInstructions } from "../instructions/instructions.ts";
import { createWorkspaceReader } from "../tools/files/workspace-reader.ts";
import type { Config } from "../config/config.ts";
import type { ConfigFile } from "../config-file/port.ts";
import type { Lifecycle } from "../lifecycle.ts";
import type { Budgets, Prices } from "../usage/port.ts";
import type { Networks } from "../network/port.ts";
import type { createSessionSettings } from "../projects/session-settings.ts";
import { agentsPath } from "../store/port.ts";
import { countLineChanges } from "../tools/files/line-changes.ts";
import { workspaceFiles } from "../tools/files/workspace-files.ts";
import type { Spawner, TaskProcesses } from "../tools/port.ts";
import { findProgram } from "../tools/sandbox/find-program.ts";
import { SHELL_ENVIRONMENT } from "../tools/shell-environment.ts";

/** Each holds some hundred megabytes. */
const PARKED_AGENTS = { most: 8, longestMs: 30 * 60_000, claimMs: 10_000 };

/** Of what one user's agents are sending to their providers: further requests wait. */
const AGENT_BODY_BYTES_PER_USER = 128 * 1_048_576;

/** A request of a connection each; they wait as long as their questions do. */
const PARKED_CALLS = { most: 500, claimMs: 120_000 };

/** Those who can run tasks: the built-in agent, and others by the Agent Client Protocol. */
export function composeAgents(options: {
  config: Config;
  file: ConfigFile;
  version: string;
  spawner: Spawner;
  networks: Networks;
  /** Of commands. */
  environment: Readonly<Record<string, string>>;
  settings: ReturnType<typeof createSessionSettings>;
  prices: Prices;
  budgets: Budgets;
  /** What calls of the built-in agent leave running. */
  processes: TaskProcesses;
  blobs: Blobs;
  onModelCall: (model: string, outcome: string, durationMs: number) => void;
  withdraw: WithdrawQuestion;
  lifecycle: Lifecycle;
  now: () => number;
}): AgentRegistry {
  const {
    config,
    file,
    version,
    spawner,
    networks,
    environment,
    settings,
    prices,
    budgets,
    processes,
    blobs,
    lifecycle,
    now,
  } = options;
  const clock = { ...systemClock, date: now };
  const parked = new ParkedWork<AgentWork>(PARKED_AGENTS);
  lifecycle.started("waiting agents", async () => parked.stop());
  // They stop before the servers that they are calls of, so that nothing is withdrawn that can be answered after a restart.
  const calls = new ParkedWork<HeldCall>(PARKED_CALLS);
  lifecycle.started("waiting calls", async () => calls.stop());
  // What makes programs behave on a build server is not what an agent is: it talks with somebody.
  const { CI: _CI, TERM: _TERM, ...unasked } = SHELL_ENVIRONMENT;
  const others = acpAgents(
    {
      spawner,
      networks,
      files: workspaceFiles,
      environment: { ...environment, ...unasked },
      environmentOf: settings.environmentOf,
      findProgram: async (name) => findProgram(name, environment["PATH"] ?? ""),
      bodies: new ByteBudget(AGENT_BODY_BYTES_PER_USER),
      version,
      directoryOf: (sessionId) => join(config.sharedDir, agentsPath(sessionId)),
      countLines: (before, after) => countLineChanges(Buffer.from(before), Buffer.from(after)),
      ownersWords: settings.instructionsOf,
      clock,
      prices,
      budgets,
      parked,
    },
    agentSettings(file, providerSettings(config.models, file)),
  );
  const builtIn = builtInAgents({
    clock,
    prices,
    budgets,
    instructions: createInstructions(createWorkspaceReader()),
    ownersWords: settings.instructionsOf,
    processes,
    readAttachment: attachmentReader(blobs),
    onModelCall: options.onModelCall,
    // Where nobody is asked for approval, nobody is there to be asked.
    asking: config.approvals.mode === "never" ? undefined : { parked: calls, withdraw: options.withdraw },
  });
  return createAgentRegistry([...builtIn, ...others]);
}
