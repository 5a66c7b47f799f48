import { activityRouter } from "./router/activity-router.ts";
import { router } from "./router/procedure.ts";
import { searchRouter } from "./router/search-router.ts";
import { serverRouter } from "./router/server-router.ts";
import { sessionRouter } from "./router/session-router.ts";
import { taskRouter } from "./router/task-router.ts";

export const appRouter = router({
  task: taskRouter,
  session: sessionRouter,
  activity: activityRouter,
  search: searchRouter,
  server: serverRouter,
});

export type AppRouter = typeof appRouter;
export type { RouterContext } from "./router/procedure.ts";
