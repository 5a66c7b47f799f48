import type { AgentList } from "../agent.ts";
import type { Principal } from "../principal.ts";

export interface AgentService {
  list(principal: Principal): Promise<AgentList>;
}
