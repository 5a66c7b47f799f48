import { AgentList } from "./agent.ts";
import { AuditPage, ListAuditInput } from "./audit.ts";
import { approvalRouter } from "./router/approval-router.ts";
import { mcpRouter } from "./router/mcp-router.ts";
import { budgetRouter, usageRouter } from "./router/budget-router.ts";
import { procedure, router, streamSignal } from "./router/procedure.ts";
import { modelRouter } from "./router/model-router.ts";
import { projectRouter } from "./router/project-router.ts";
import { questionRouter } from "./router/question-router.ts";
import { RetentionInput, RetentionReport } from "./retention.ts";
import { ruleRouter } from "./router/rule-router.ts";
import { pushRouter } from "./router/push-router.ts";
import { shareRouter } from "./router/share-router.ts";
import { sessionRouter } from "./router/session-router.ts";
import { taskRouter } from "./router/task-router.ts";
import { tokenRouter } from "./router/token-router.ts";
import { userRouter } from "./router/user-router.ts";
import { workspaceRouter } from "./router/workspace-router.ts";
import { SearchInput, SearchPage } from "./search.ts";
import { DrainServerInput, DrainState, ServerInfo } from "./server-info.ts";

export const appRouter = router({
  task: taskRouter,
  session: sessionRouter,
  approval: approvalRouter,
  question: questionRouter,
  rule: ruleRouter,
  share: shareRouter,
  push: pushRouter,
  project: projectRouter,
  usage: usageRouter,
  budget: budgetRouter,
  mcp: mcpRouter,
  workspace: workspaceRouter,
  agent: router({
    list: procedure.output(AgentList).query(({ ctx }) => ctx.services.agents.list(ctx.principal)),
  }),
  model: modelRouter,
  activity: router({
    subscribe: procedure.subscription(async function* ({ ctx, signal }) {
      yield* ctx.services.activity.subscribe(ctx.principal, streamSignal(signal));
    }),
  }),
  search: router({
    query: procedure
      .input(SearchInput)
      .output(SearchPage)
      .query(({ ctx, input }) => ctx.services.search.query(ctx.principal, input)),
  }),
  server: router({
    info: procedure.output(ServerInfo).query(({ ctx }) => ctx.services.server.info(ctx.principal)),
    drain: procedure
      .input(DrainServerInput)
      .output(DrainState)
      .mutation(({ ctx, input }) => ctx.services.server.drain(ctx.principal, input)),
    retention: procedure
      .input(RetentionInput)
      .output(RetentionReport)
      .query(({ ctx, input }) => ctx.services.server.retention(ctx.principal, input)),
  }),
  user: userRouter,
  token: tokenRouter,
  audit: router({
    list: procedure
      .input(ListAuditInput)
      .output(AuditPage)
      .query(({ ctx, input }) => ctx.services.audit.list(ctx.principal, input)),
  }),
});

export type AppRouter = typeof appRouter;
export type { RouterContext } from "./router/procedure.ts";
