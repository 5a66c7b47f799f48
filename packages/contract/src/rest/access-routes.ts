import type { RestRoute } from "./route.ts";

/** The part of `REST_ROUTES` that is about users, tokens and the audit trail. */
export const ACCESS_ROUTES = {
  "user.me": {
    method: "GET",
    path: "/me",
    status: 200,
    summary: "Read who you are and what your token allows",
    reasons: [],
  },
  "user.list": {
    method: "GET",
    path: "/users",
    status: 200,
    summary: "List the users, newest first",
    reasons: ["cursor_invalid"],
  },
  "user.create": {
    method: "POST",
    path: "/users",
    status: 201,
    summary: "Add a user, or restore a removed one",
    description: "The user needs an invitation to join.",
    example: { name: "alice" },
    reasons: ["not_found", "user_exists"],
  },
  "user.invite": {
    method: "POST",
    path: "/users/{userId}/invitation",
    status: 201,
    summary: "Invite a new user",
    description:
      "Returns a code that lets the user in, once; earlier ones stop working. Send it to them as " +
      '`URL/invite?code=…`, or let them `POST /invite` with `{"code": …}`, which answers with their first token. Only for a ' +
      "user who has never had a token: nobody, including admins, can be let in beside them.",
    example: { scope: "write" },
    reasons: ["not_found", "user_joined"],
  },
  "user.remove": {
    method: "DELETE",
    path: "/users/{userId}",
    status: 200,
    summary: "Remove a user",
    description:
      "Their tokens are revoked, their streams end, and their running tasks are canceled. Their sessions are kept, " +
      "inaccessible until the user is restored, or are deleted with `deleteSessions`.",
    reasons: ["not_found", "unpublished_work"],
  },
  "token.create": {
    method: "POST",
    path: "/tokens",
    status: 201,
    summary: "Create a token of your own",
    description: "Returns its secret, only once. Needs a token itself; a browser's sign-in is not enough.",
    example: { name: "backup script", scope: "read" },
    reasons: ["not_found"],
  },
  "token.list": {
    method: "GET",
    path: "/tokens",
    status: 200,
    summary: "List your tokens and signed-in browsers, newest first",
    reasons: ["not_found", "cursor_invalid"],
  },
  "token.revoke": {
    method: "DELETE",
    path: "/tokens/{tokenId}",
    status: 200,
    summary: "Revoke a token",
    description: "Browsers that were signed in with it are signed out, and live streams end within a second.",
    reasons: ["not_found"],
  },
  "audit.list": {
    method: "GET",
    path: "/audit",
    status: 200,
    summary: "Read the audit trail, newest first",
    reasons: ["cursor_invalid"],
  },
} as const satisfies Record<`${"user" | "token" | "audit"}.${string}`, RestRoute>;
