import type { ActivityService } from "./services/activity-service.ts";
import type { AuditService } from "./services/audit-service.ts";
import type { AgentService } from "./services/agent-service.ts";
import type { ApprovalService } from "./services/approval-service.ts";
import type { SearchService } from "./services/search-service.ts";
import type { SessionService } from "./services/session-service.ts";
import type { ServerService } from "./services/server-service.ts";
import type { TaskService } from "./services/task-service.ts";
import type { TokenService } from "./services/token-service.ts";
import type { UserService } from "./services/user-service.ts";

/** What the router calls. The server injects implementations; tests may inject their own. */
export interface Services {
  tasks: TaskService;
  sessions: SessionService;
  approvals: ApprovalService;
  agents: AgentService;
  activity: ActivityService;
  search: SearchService;
  server: ServerService;
  users: UserService;
  tokens: TokenService;
  audit: AuditService;
}
