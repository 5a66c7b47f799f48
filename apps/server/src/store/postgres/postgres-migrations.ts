import type { Migrations } from "../migrate.ts";
import * as initial from "./migrations/001-initial.ts";
import * as outbox from "./migrations/002-outbox.ts";
import * as whoHides from "./migrations/003-who-hides.ts";
import * as search from "./migrations/004-search.ts";
import * as sharedByNodes from "./migrations/005-shared-by-nodes.ts";
import * as projects from "./migrations/006-projects.ts";
import * as agentOfATask from "./migrations/007-agent-of-a-task.ts";
import * as effort from "./migrations/008-effort.ts";
import * as mcpServers from "./migrations/009-mcp-servers.ts";
import * as steering from "./migrations/010-steering.ts";
import * as providerKeys from "./migrations/011-provider-keys.ts";
import * as rules from "./migrations/012-rules.ts";
import * as subagents from "./migrations/013-subagents.ts";
import * as ledger from "./migrations/014-ledger.ts";
import * as currentStep from "./migrations/015-current-step.ts";
import * as retention from "./migrations/016-retention.ts";
import * as shares from "./migrations/017-shares.ts";
import * as pushes from "./migrations/018-pushes.ts";
import * as ownWorkspaces from "./migrations/019-own-workspaces.ts";
import * as orderOfEndedTasks from "./migrations/020-order-of-ended-tasks.ts";

/** The next one is a file in `migrations/` and a line here. It must leave a server of the version before it able to run. */
export const POSTGRES_MIGRATIONS: Migrations = {
  "001-initial": initial,
  "002-outbox": outbox,
  "003-who-hides": whoHides,
  "004-search": search,
  "005-shared-by-nodes": sharedByNodes,
  "006-projects": projects,
  "007-agent-of-a-task": agentOfATask,
  "008-effort": effort,
  "009-mcp-servers": mcpServers,
  "010-steering": steering,
  "011-provider-keys": providerKeys,
  "012-rules": rules,
  "013-subagents": subagents,
  "014-ledger": ledger,
  "015-current-step": currentStep,
  "016-retention": retention,
  "017-shares": shares,
  "018-pushes": pushes,
  "019-own-workspaces": ownWorkspaces,
  "020-order-of-ended-tasks": orderOfEndedTasks,
};
