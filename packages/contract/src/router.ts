import { activityRouter } from "./router/activity-router.ts";
import { auditRouter } from "./router/audit-router.ts";
import { agentRouter } from "./router/agent-router.ts";
import { approvalRouter } from "./router/approval-router.ts";
import { router } from "./router/procedure.ts";
import { searchRouter } from "./router/search-router.ts";
import { serverRouter } from "./router/server-router.ts";
import { sessionRouter } from "./router/session-router.ts";
import { taskRouter } from "./router/task-router.ts";
import { tokenRouter } from "./router/token-router.ts";
import { userRouter } from "./router/user-router.ts";

export const appRouter = router({
  task: taskRouter,
  session: sessionRouter,
  approval: approvalRouter,
  agent: agentRouter,
  activity: activityRouter,
  search: searchRouter,
  server: serverRouter,
  user: userRouter,
  token: tokenRouter,
  audit: auditRouter,
});

export type AppRouter = typeof appRouter;
export type { RouterContext } from "./router/procedure.ts";
