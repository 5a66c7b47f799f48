import { MAX_BODY_BYTES, MAX_PROMPT_LENGTH, type ServerInfo, type ServerService } from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { ModelRegistry } from "../agent/port.ts";
import type { Git } from "../git/port.ts";
import type { Outbox } from "../outbox/port.ts";
import type { Runner } from "../runner/port.ts";
import type { Retention } from "./retention/retention.ts";
import type { Tool } from "../tools/port.ts";

export function createServerService(options: {
  version: string;
  models: ModelRegistry;
  tools: readonly Tool[];
  sandbox: () => Promise<ServerInfo["sandbox"]>;
  /** Of sessions without a project. */
  network: NonNullable<ServerInfo["network"]>;
  git: Pick<Git, "version" | "reason">;
  toolchains: NonNullable<ServerInfo["toolchains"]>;
  concurrency: number;
  outbox: Outbox;
  runner: Runner;
  audit: Audit;
  node: string;
  /** Null: sessions stay. */
  retention: Pick<Retention, "preview"> | null;
  /** Null: there is none. */
  diskBudget: { usedBytes: number | null; budgetBytes: number } | null;
}): ServerService {
  const {
    version,
    models,
    tools,
    sandbox,
    network,
    git,
    toolchains,
    concurrency,
    outbox,
    runner,
    audit,
    node,
    retention,
    diskBudget,
  } = options;
  return {
    info: async () => ({
      name: "trunkline",
      version,
      model: models.defaultModel,
      demo: models.defaultModel === "demo",
      tools: tools.map(({ name, description }) => ({ name, description })),
      sandbox: await sandbox(),
      network,
      git: { version: git.version, reason: git.reason },
      toolchains,
      limits: { concurrency, maxPromptLength: MAX_PROMPT_LENGTH, maxBodyBytes: MAX_BODY_BYTES },
      consumers: await outbox.states(),
      ...(diskBudget !== null && {
        disk: { usedBytes: diskBudget.usedBytes, budgetBytes: diskBudget.budgetBytes },
      }),
    }),

    async drain(principal, { draining }) {
      if (draining !== runner.isDraining()) {
        if (draining) runner.drain();
        else runner.undrain();
        const detail = draining ? "begun" : "ended";
        await audit.record({
          by: principal,
          action: "server.drain",
          target: node,
          decision: "allowed",
          detail,
        });
      }
      return { node, draining, running: runner.running() };
    },

    retention: async (_principal, input) =>
      retention?.preview(input) ?? { policy: null, hold: null, usedBytes: null, items: [], omitted: 0 },
  };
}
