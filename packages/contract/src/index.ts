/** Everything a client needs at run time, without zod or tRPC, and every type of the contract. */
export { type Effort, EFFORTS } from "./effort.ts";
export * from "./error.ts";
export * from "./limits.ts";
export { foldForSearch, placedSearchWords, searchWords } from "./search-words.ts";
export * from "./task-state.ts";
export type { ToolEffect } from "./tool-effect.ts";
export { type Principal, type Scope, SCOPES, scopesUpTo } from "./principal.ts";
export { PROCEDURE_SCOPES, requireScope } from "./procedure-scopes.ts";
export type { AuditEntry, AuditPage, ListAuditInput } from "./audit.ts";
export type { Model, ModelList, ModelProvider, RemoveModelKeyInput, SetModelKeyInput } from "./model.ts";
export type { ModelService } from "./services/model-service.ts";
export type { AgentList, AgentTool } from "./agent.ts";
export type {
  AnswerApprovalInput,
  Approval,
  ApprovalDecision,
  ApprovalPage,
  ApprovalState,
  ListApprovalsInput,
} from "./approval.ts";
export type {
  ApprovalRule,
  CreateRuleInput,
  DeleteRuleInput,
  ListRulesInput,
  RuleEffect,
  RuleLevel,
  RuleList,
  RuleTerms,
} from "./rule.ts";
export { faultOfTerms } from "./rules/rule-terms.ts";
export { ruleInWords, termsInWords } from "./rules/rule-words.ts";
export {
  exactPattern,
  exactText,
  fits,
  fitsNarrowly,
  isStar,
  patternWords,
  plainCommand,
  type Word,
} from "./rules/command-words.ts";
export { hostOfAddress, isAtHost, parseHostTerm } from "./rules/host-term.ts";
export { fitPath, isPathTerm } from "./rules/path-term.ts";
export type {
  AnswerQuestionInput,
  ListQuestionsInput,
  Question,
  QuestionPage,
  QuestionState,
} from "./question.ts";
export type { Blob } from "./blob.ts";
export type {
  ChangedFile,
  Changes,
  Checkpoint,
  CheckpointPage,
  FileDiff,
  ListChangesInput,
  ListCheckpointsInput,
  ReadDiffInput,
  RevertSessionInput,
} from "./checkpoint.ts";
export type { BlobRef, ContentPart } from "./content-part.ts";
export type { EventBody, EventDataOf, EventDraft, EventType, SessionEvent } from "./event.ts";
export type { TaskError, ToolCall } from "./events/event-parts.ts";
export type { NetworkRefusal } from "./network-refusal.ts";
export type { FormField, FormValue, QuestionAnswer, QuestionForm, QuestionOption } from "./form.ts";
export { type FormProblem, formProblems, formValuesText, readFormValue } from "./projections/form-answer.ts";
export type { Location, ToolKind } from "./tool-kind.ts";
export {
  type Block,
  blockAfter,
  type BlockEvent,
  blockEnd,
  blockEndedBy,
  type BlockKind,
  blockOfPiece,
  blockPiece,
  isBlockEvent,
  isPiece,
  joinPieces,
  kindOfBlock,
  newBlock,
  type PieceEvent,
} from "./projections/block.ts";
export { callAfter, type CallState, newCall, pendingCallsAfter } from "./projections/tool-call.ts";
export { type CallDisplay, callDisplay, inputText } from "./projections/call-display.ts";
export { instructionsNote } from "./projections/instructions-note.ts";
export { type EventPlace, MAX_KEPT_OUTPUT, OpenItems } from "./projections/open-items.ts";
export type { ClosedRequest, OpenRequest, TaskEvent } from "./projections/open-requests.ts";
export {
  type ApprovalSettlement,
  approvalSettledBy,
  isAllowed,
  OpenApprovals,
} from "./projections/approval-life.ts";
export { OpenQuestions, type QuestionSettlement, questionSettledBy } from "./projections/question-life.ts";
export { endStateOf, isTaskEnd, TASK_END_TYPES, taskActionOf } from "./projections/task-life.ts";
export {
  budgetAmount,
  budgetLimits,
  budgetName,
  budgetNote,
  smallerLimits,
  usdText,
} from "./projections/budget.ts";
export {
  addCounts,
  addUsage,
  boundUsage,
  NO_USAGE,
  priceUsage,
  sumUsage,
  type TokenPrices,
  totalTokens,
} from "./projections/usage.ts";
export type {
  CreateProjectInput,
  DeleteProjectInput,
  ListProjectsInput,
  Project,
  ProjectCredential,
  ProjectNetwork,
  ProjectPage,
  ProjectRef,
  ProjectSource,
  SetCredentialInput,
  UpdateProjectInput,
} from "./project.ts";
export type {
  AddMcpServerInput,
  AuthorizeMcpServerInput,
  FinishMcpAuthorizationInput,
  McpAuthorizationLink,
  GetMcpPromptInput,
  ListMcpServersInput,
  McpPromptText,
  McpServer,
  McpServerDetail,
  McpServerList,
  McpServerRef,
  McpTool,
  McpTransport,
  McpTransportInput,
  UpdateMcpServerInput,
} from "./mcp.ts";
export type { WorkspaceKind } from "./workspace-choice.ts";
export type { Json, Usage } from "./primitives.ts";
export type {
  ArchivedWork,
  ArchiveWorkInput,
  BringBackInput,
  Check,
  MergeRequest,
  Publication,
  Published,
  PublishInput,
  ReviewComment,
} from "./publication.ts";
export type { AllowHostInput, SessionNetwork } from "./session-network.ts";
export type { SearchHit, SearchInput, SearchPage } from "./search.ts";
export type { RetentionInput, RetentionReport } from "./retention.ts";
export type { DrainServerInput, DrainState, ServerInfo } from "./server-info.ts";
export type {
  CreateSessionInput,
  CurrentStep,
  DeleteSessionInput,
  EventBatch,
  EventPage,
  ForkSessionInput,
  ListEventsInput,
  ListSessionsInput,
  Session,
  SessionDetail,
  SessionPage,
  SubscribeInput,
  UpdateSessionInput,
} from "./session.ts";
export type {
  Budget,
  BudgetKind,
  BudgetLimits,
  BudgetRef,
  BudgetScope,
  BudgetState,
  BudgetUse,
  SetBudgetInput,
  Spent,
} from "./budget.ts";
export type { UsageQuery, UsageReport, UsageRow, UsageTotal } from "./usage-report.ts";
export type {
  EditTaskInput,
  ListTasksInput,
  MoveTaskInput,
  RetryTaskInput,
  SubmitTaskInput,
  SubmitTaskOutput,
  Task,
  TaskPage,
} from "./task.ts";
export type {
  PushMessage,
  PushSubscription,
  PushSubscriptionList,
  PushSubscriptionRef,
  SubscribePushInput,
} from "./push.ts";
export type { CreatedShare, CreateShareInput, ListSharesInput, Share, ShareList, ShareRef } from "./share.ts";
export type { SessionParent } from "./subagent.ts";
export type { ImportSessionInput, ImportSessionOutput, SessionDocument } from "./session-document.ts";
export type { ActivityBatch } from "./activity.ts";
export type { Invitation, InviteUserInput } from "./invitation.ts";
export type { CreatedToken, CreateTokenInput, ListTokensInput, Token, TokenPage, TokenRef } from "./token.ts";
export type { Caller, CreateUserInput, ListUsersInput, RemoveUserInput, User, UserPage } from "./user.ts";
export type {
  ListWorkspaceInput,
  ReadWorkspaceInput,
  WorkspaceEntry,
  WorkspaceEntryKind,
  WorkspacePage,
  WorkspaceText,
} from "./workspace.ts";
export type { ApprovalService } from "./services/approval-service.ts";
export type {
  ActivityService,
  AgentService,
  AuditService,
  SearchService,
  ServerService,
  Services,
} from "./services.ts";
export type { BudgetService, UsageService } from "./services/budget-service.ts";
export type { BlobService, ReadableBlob } from "./services/blob-service.ts";
export type { NetworkService } from "./services/network-service.ts";
export type { McpService } from "./services/mcp-service.ts";
export type { ProjectService } from "./services/project-service.ts";
export type { CheckpointService } from "./services/checkpoint-service.ts";
export type { PublicationService } from "./services/publication-service.ts";
export type { RuleService } from "./services/rule-service.ts";
export type { QuestionService } from "./services/question-service.ts";
export type { SessionService } from "./services/session-service.ts";
export type { PushService } from "./services/push-service.ts";
export type { ShareService } from "./services/share-service.ts";
export type { TaskService } from "./services/task-service.ts";
export type { TokenService } from "./services/token-service.ts";
export type { UserService } from "./services/user-service.ts";
export type { ArchiveInput, WorkspaceDownload, WorkspaceService } from "./services/workspace-service.ts";
export type { AppRouter, RouterContext } from "./router.ts";
