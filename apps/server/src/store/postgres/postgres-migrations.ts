import type { Migrations } from "../migrate.ts";
import * as initial from "./migrations/001-initial.ts";
import * as outbox from "./migrations/002-outbox.ts";
import * as whoHides from "./migrations/003-who-hides.ts";
import * as search from "./migrations/004-search.ts";
import * as sharedByNodes from "./migrations/005-shared-by-nodes.ts";
import * as projects from "./migrations/006-projects.ts";

/** The next one is a file in `migrations/` and a line here. It must leave a server of the version before it able to run. */
export const POSTGRES_MIGRATIONS: Migrations = {
  "001-initial": initial,
  "002-outbox": outbox,
  "003-who-hides": whoHides,
  "004-search": search,
  "005-shared-by-nodes": sharedByNodes,
  "006-projects": projects,
};
