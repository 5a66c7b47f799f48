import type { AgentService } from "@trunkline/contract";
import type { AgentRegistry, ModelRegistry } from "../agent/port.ts";
import type { ApprovalPolicy } from "../approvals/port.ts";
import type { Tool } from "../tools/port.ts";

export function createAgentService(options: {
  agents: AgentRegistry;
  models: ModelRegistry;
  tools: readonly Tool[];
  policy: ApprovalPolicy;
}): AgentService {
  const { agents, models, tools, policy } = options;
  return {
    list: async () => ({
      agents: await Promise.all(
        agents.agents.map(async (agent) => ({
          name: agent.name,
          description: agent.description,
          tools: tools.filter((tool) => agent.uses(tool)).map((tool) => tool.name),
          needs: (await agent.needs?.()) ?? null,
        })),
      ),
      models: models.names.map((name) => ({ name, isDefault: name === models.defaultModel })),
      tools: tools.map((tool) => ({
        name: tool.name,
        description: tool.description,
        effects: [...tool.effects],
        approval: policy.needOf(tool),
      })),
    }),
  };
}
