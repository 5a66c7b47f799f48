import type { Session } from "@trunkline/contract";
import { expect, it } from "vitest";
import { filterSessions } from "./filter-sessions.ts";

const session = (id: string, status: Session["status"], projectId: string | null): Session =>
  ({ id, status, projectId, currentTask: null }) as unknown as Session;

it("filters by project and status, and by neither", () => {
  const all = [
    session("a", "working", "p"),
    session("b", "queued", null),
    session("c", "input-required", "p"),
    session("d", "idle", "p"),
  ];
  const ids = (project: string, status: "all" | "running" | "needs-you"): string =>
    filterSessions(all, { project, status })
      .map(({ id }) => id)
      .join("");
  expect(ids("", "all")).toBe("abcd");
  expect(ids("p", "all")).toBe("acd");
  expect(ids("none", "all")).toBe("b");
  expect(ids("", "running")).toBe("ab");
  expect(ids("p", "needs-you")).toBe("c");
});
