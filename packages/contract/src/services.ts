import type { ActivityService } from "./services/activity-service.ts";
import type { SearchService } from "./services/search-service.ts";
import type { SessionService } from "./services/session-service.ts";
import type { ServerService } from "./services/server-service.ts";
import type { TaskService } from "./services/task-service.ts";

/** What the router calls. The server injects implementations; tests may inject their own. */
export interface Services {
  tasks: TaskService;
  sessions: SessionService;
  activity: ActivityService;
  search: SearchService;
  server: ServerService;
}
