import { readFile } from "node:fs/promises";

/** The files that define the contract's schemas. */
const FILES = [
  "activity.ts",
  "audit.ts",
  "agent.ts",
  "approval.ts",
  "blob.ts",
  "budget.ts",
  "carried-state.ts",
  "checkpoint.ts",
  "content-part.ts",
  "error.ts",
  "event.ts",
  "network-refusal.ts",
  "invitation.ts",
  "mcp.ts",
  "model.ts",
  "primitives.ts",
  "project.ts",
  "publication.ts",
  "question.ts",
  "rest/error-body.ts",
  "rule.ts",
  "search.ts",
  "server-info.ts",
  "retention.ts",
  "session-document.ts",
  "session-network.ts",
  "session.ts",
  "share.ts",
  "push.ts",
  "task.ts",
  "token.ts",
  "tool-kind.ts",
  "usage-report.ts",
  "user.ts",
  "workspace-choice.ts",
  "workspace.ts",
];

export async function readSchemaSources(): Promise<string[]> {
  return Promise.all(FILES.map(async (path) => readFile(new URL(`../${path}`, import.meta.url), "utf8")));
}
