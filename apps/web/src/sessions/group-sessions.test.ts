import type { Session } from "@trunkline/contract";
import { expect, it } from "vitest";
import { groupSessions } from "./group-sessions.ts";

const NOON = new Date(2026, 5, 15, 12).getTime();
const HOUR = 3_600_000;

function session(title: string, status: Session["status"], updatedAt: number): Session {
  return {
    id: title,
    ownerId: "o",
    title,
    agent: "default",
    model: null,
    effort: null,
    workspace: "/",
    projectId: null,
    baseRef: null,
    workspaceKind: "fresh",
    branch: null,
    parentId: null,
    forkedAtSeq: null,
    lastSeq: 1,
    createdAt: 0,
    updatedAt,
    archivedAt: null,
    status,
    currentTask: null,
  };
}

it("puts what waits for somebody first, then what goes on, then the rest by day", () => {
  const groups = groupSessions(
    [
      session("today", "idle", NOON - HOUR),
      session("queued", "queued", NOON - 30 * HOUR),
      session("waits", "input-required", NOON - 40 * HOUR),
      session("yesterday", "idle", NOON - 13 * HOUR),
      session("runs", "working", NOON),
    ],
    NOON,
  );
  expect(groups.map(({ title, sessions }) => [title, sessions.map((one) => one.title)])).toEqual([
    ["Needs you", ["waits"]],
    ["Running", ["queued", "runs"]],
    ["Today", ["today"]],
    ["Older", ["yesterday"]],
  ]);
});

it("leaves out groups without sessions", () => {
  expect(groupSessions([session("a", "idle", NOON)], NOON).map(({ title }) => title)).toEqual(["Today"]);
});
