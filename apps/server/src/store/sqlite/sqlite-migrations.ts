import * as initial from "../migrations/001-initial.ts";
import * as pageIndexes from "../migrations/002-page-indexes.ts";
import * as access from "../migrations/003-access.ts";
import * as approvals from "../migrations/004-approvals.ts";
import * as rowsFollowTheLog from "../migrations/005-rows-follow-the-log.ts";
import * as invitations from "../migrations/006-invitations.ts";
import * as blobs from "../migrations/007-blobs.ts";
import * as outbox from "../migrations/008-outbox.ts";
import * as whoHides from "../migrations/009-who-hides.ts";
import * as signInCodes from "../migrations/010-sign-in-codes.ts";
import * as projects from "../migrations/011-projects.ts";
import * as agentOfATask from "../migrations/012-agent-of-a-task.ts";
import * as effort from "../migrations/013-effort.ts";
import * as mcpServers from "../migrations/014-mcp-servers.ts";
import * as steering from "../migrations/015-steering.ts";
import * as providerKeys from "../migrations/016-provider-keys.ts";
import * as rules from "../migrations/017-rules.ts";
import * as subagents from "../migrations/018-subagents.ts";
import * as ledger from "../migrations/019-ledger.ts";
import * as currentStep from "../migrations/020-current-step.ts";
import * as retention from "../migrations/021-retention.ts";
import * as shares from "../migrations/022-shares.ts";
import * as pushes from "../migrations/023-pushes.ts";
import * as ownWorkspaces from "../migrations/024-own-workspaces.ts";
import * as orderOfEndedTasks from "../migrations/025-order-of-ended-tasks.ts";
import type { Migrations } from "../migrate.ts";

export const SQLITE_MIGRATIONS: Migrations = {
  "001-initial": initial,
  "002-page-indexes": pageIndexes,
  "003-access": access,
  "004-approvals": approvals,
  "005-rows-follow-the-log": rowsFollowTheLog,
  "006-invitations": invitations,
  "007-blobs": blobs,
  "008-outbox": outbox,
  "009-who-hides": whoHides,
  "010-sign-in-codes": signInCodes,
  "011-projects": projects,
  "012-agent-of-a-task": agentOfATask,
  "013-effort": effort,
  "014-mcp-servers": mcpServers,
  "015-steering": steering,
  "016-provider-keys": providerKeys,
  "017-rules": rules,
  "018-subagents": subagents,
  "019-ledger": ledger,
  "020-current-step": currentStep,
  "021-retention": retention,
  "022-shares": shares,
  "023-pushes": pushes,
  "024-own-workspaces": ownWorkspaces,
  "025-order-of-ended-tasks": orderOfEndedTasks,
};
