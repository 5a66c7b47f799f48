import type { AgentService } from "@trunkline/contract";
import type { ModelRegistry } from "../agent/port.ts";
import type { ApprovalPolicy } from "../approvals/port.ts";
import type { Tool } from "../tools/port.ts";

export function createAgentService(options: {
  models: ModelRegistry;
  tools: readonly Tool[];
  policy: ApprovalPolicy;
}): AgentService {
  const { models, tools, policy } = options;
  return {
    list: async () => ({
      agents: [
        {
          name: "default",
          description: "Works on tasks in the session's workspace, with all tools of this server",
          tools: tools.map(({ name }) => name),
        },
      ],
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
