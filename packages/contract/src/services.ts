import type { ActivityBatch } from "./activity.ts";
import type { AgentList } from "./agent.ts";
import type { AuditPage, ListAuditInput } from "./audit.ts";
import type { Principal } from "./principal.ts";
import type { RetentionInput, RetentionReport } from "./retention.ts";
import type { SearchInput, SearchPage } from "./search.ts";
import type { DrainServerInput, DrainState, ServerInfo } from "./server-info.ts";
import type { ApprovalService } from "./services/approval-service.ts";
import type { BlobService } from "./services/blob-service.ts";
import type { McpService } from "./services/mcp-service.ts";
import type { ModelService } from "./services/model-service.ts";
import type { BudgetService, UsageService } from "./services/budget-service.ts";
import type { NetworkService } from "./services/network-service.ts";
import type { ProjectService } from "./services/project-service.ts";
import type { CheckpointService } from "./services/checkpoint-service.ts";
import type { PublicationService } from "./services/publication-service.ts";
import type { RuleService } from "./services/rule-service.ts";
import type { QuestionService } from "./services/question-service.ts";
import type { PushService } from "./services/push-service.ts";
import type { ShareService } from "./services/share-service.ts";
import type { SessionService } from "./services/session-service.ts";
import type { TaskService } from "./services/task-service.ts";
import type { TokenService } from "./services/token-service.ts";
import type { UserService } from "./services/user-service.ts";
import type { WorkspaceService } from "./services/workspace-service.ts";

/** What the router calls. The server, or a test, injects implementations. */
export interface Services {
  tasks: TaskService;
  sessions: SessionService;
  approvals: ApprovalService;
  questions: QuestionService;
  rules: RuleService;
  shares: ShareService;
  pushes: PushService;
  checkpoints: CheckpointService;
  blobs: BlobService;
  projects: ProjectService;
  mcp: McpService;
  publications: PublicationService;
  workspaces: WorkspaceService;
  network: NetworkService;
  usage: UsageService;
  budgets: BudgetService;
  agents: AgentService;
  models: ModelService;
  activity: ActivityService;
  search: SearchService;
  server: ServerService;
  users: UserService;
  tokens: TokenService;
  audit: AuditService;
}

export interface AgentService {
  list(principal: Principal): Promise<AgentList>;
}

export interface ActivityService {
  /** Follows the caller's sessions until `signal` aborts. Pending changes are batched. */
  subscribe(principal: Principal, signal: AbortSignal): AsyncIterable<ActivityBatch>;
}

export interface SearchService {
  /** Searches only the caller's sessions. */
  query(principal: Principal, input: SearchInput): Promise<SearchPage>;
}

export interface ServerService {
  info(principal: Principal): Promise<ServerInfo>;
  drain(principal: Principal, input: DrainServerInput): Promise<DrainState>;
  retention(principal: Principal, input: RetentionInput): Promise<RetentionReport>;
}

export interface AuditService {
  list(principal: Principal, input: ListAuditInput): Promise<AuditPage>;
}
