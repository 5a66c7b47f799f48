import type { RestRoute } from "./route.ts";

export const SHARE_ROUTES = {
  "share.create": {
    method: "POST",
    path: "/sessions/{sessionId}/shares",
    status: 201,
    summary: "Create a link that lets anybody read a session",
    description:
      "Returns its secret, only once. The page is `URL/shared/SESSION#SECRET`. As a bearer token the secret allows " +
      "`session.get`, `session.events` and `session.subscribe` of this session alone, without names of people and paths of " +
      "the server.",
    example: { expiresAt: null },
    reasons: ["not_found"],
  },
  "share.list": {
    method: "GET",
    path: "/sessions/{sessionId}/shares",
    status: 200,
    summary: "List the links to a session, newest first",
    reasons: ["not_found"],
  },
  "share.revoke": {
    method: "DELETE",
    path: "/shares/{shareId}",
    status: 200,
    summary: "Revoke a link",
    description:
      "It opens nothing any more, and live streams end within a second. Returns the link as it was.",
    reasons: ["not_found"],
  },
} as const satisfies Record<`share.${string}`, RestRoute>;
