import type { RestRoute } from "./route.ts";

export const NETWORK_ROUTES = {
  "session.network": {
    method: "GET",
    path: "/sessions/{sessionId}/network",
    status: 200,
    summary: "Read what a session's commands can reach",
    reasons: ["not_found"],
  },
  "session.allowHost": {
    method: "POST",
    path: "/sessions/{sessionId}/network/hosts",
    status: 200,
    summary: "Allow a session's commands to reach a host",
    description: "For the rest of the session, commands that run included, and for its forks.",
    example: { host: "registry.example.com" },
    reasons: ["not_found"],
  },
} as const satisfies Partial<Record<`session.${string}`, RestRoute>>;
