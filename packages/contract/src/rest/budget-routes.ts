import type { RestRoute } from "./route.ts";

/** The part of `REST_ROUTES` that is about usage and budgets. */
export const BUDGET_ROUTES = {
  "usage.query": {
    method: "GET",
    path: "/usage",
    status: 200,
    summary: "Read what was used, by day, session, model, user or project",
    reasons: ["not_found"],
  },
  "budget.get": {
    method: "GET",
    path: "/budget",
    status: 200,
    summary: "Read a budget and what is used of it",
    reasons: ["not_found"],
  },
  "budget.set": {
    method: "PATCH",
    path: "/budget",
    status: 200,
    summary: "Set a budget",
    description:
      "Running tasks keep to it from their next model call on. A user's and the server's need an admin; a shared project's, its " +
      "owner or an admin.",
    example: { scope: "user", month: { costUsd: 20 } },
    reasons: ["not_found"],
  },
} as const satisfies Record<`usage.${string}` | `budget.${string}`, RestRoute>;
