import type { RestRoute } from "./route.ts";

export const RULE_ROUTES = {
  "rule.list": {
    method: "GET",
    path: "/rules",
    status: 200,
    summary: "List approval rules: yours, and the operator's",
    reasons: ["not_found"],
  },
  "rule.create": {
    method: "POST",
    path: "/rules",
    status: 201,
    summary: "Create an approval rule",
    description:
      "Holds in your sessions alone, from the next call on. A rule that denies always wins; among the others those of the " +
      "session come before those of the project, and these before yours and the operator's.",
    example: { effect: "allow", tool: "bash", pattern: "npm test *" },
    reasons: ["not_found"],
  },
  "rule.delete": {
    method: "DELETE",
    path: "/rules/{ruleId}",
    status: 200,
    summary: "Delete an approval rule",
    description: "One of a session needs its `sessionId`. Returns the rule as it was.",
    reasons: ["not_found"],
  },
} as const satisfies Record<`rule.${string}`, RestRoute>;
