import { AgentList } from "../agent.ts";
import { procedure, router } from "./procedure.ts";

export const agentRouter = router({
  list: procedure.output(AgentList).query(({ ctx }) => ctx.services.agents.list(ctx.principal)),
});
