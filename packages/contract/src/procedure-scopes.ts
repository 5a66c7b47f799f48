import { TrunklineError } from "./error.ts";
import type { Principal, Scope } from "./principal.ts";

/**
 * The scope that each procedure needs, over tRPC, REST and streams: the only authorisation table. Ownership is checked
 * separately (the server's `services/ownership.ts`). Without a row here, a procedure is refused and `rest/routes.ts`
 * does not compile.
 */
export const PROCEDURE_SCOPES = {
  "task.submit": "write",
  "task.get": "read",
  "task.list": "read",
  "task.cancel": "write",
  "task.retry": "write",
  "task.resume": "write",
  "task.edit": "write",
  "task.steer": "write",
  "task.move": "write",

  "session.create": "write",
  "session.get": "read",
  "session.list": "read",
  "session.events": "read",
  "session.update": "write",
  "session.fork": "write",
  "session.retrySetup": "write",
  "session.delete": "write",
  "session.checkpoints": "read",
  "session.changes": "read",
  "session.diff": "read",
  "session.revert": "write",
  "session.export": "read",
  "session.import": "write",
  "session.subscribe": "read",
  "session.network": "read",
  "session.allowHost": "write",
  "session.publish": "write",
  "session.publication": "read",
  "session.archiveWork": "write",
  "session.restoreWork": "write",
  "session.bringBack": "write",
  // Raw bytes over HTTP, so not a procedure of the router.
  "session.patch": "read",

  "approval.list": "read",
  "approval.answer": "write",
  "question.list": "read",
  "question.answer": "write",
  "rule.list": "read",
  "rule.create": "write",
  "rule.delete": "write",
  "share.create": "write",
  "share.list": "read",
  "share.revoke": "write",
  "push.subscribe": "write",
  "push.list": "read",
  "push.unsubscribe": "write",
  "push.test": "write",
  "project.create": "write",
  "project.get": "read",
  "project.list": "read",
  "project.update": "write",
  "project.delete": "write",
  "project.setCredential": "write",
  "project.removeCredential": "write",
  "mcp.list": "read",
  "mcp.get": "read",
  "mcp.restart": "write",
  "mcp.authorize": "write",
  "mcp.finishAuthorization": "write",
  "mcp.prompt": "write",
  "mcp.add": "write",
  "mcp.update": "write",
  "mcp.remove": "write",
  "workspace.list": "read",
  "workspace.read": "read",
  // Raw bytes over HTTP, so not procedures of the router.
  "blob.create": "write",
  "blob.get": "read",
  "workspace.file": "read",
  "workspace.archive": "read",
  "usage.query": "read",
  "budget.get": "read",
  "budget.set": "write",
  "agent.list": "read",
  "model.list": "read",
  "model.setKey": "write",
  "model.removeKey": "write",
  "activity.subscribe": "read",
  "search.query": "read",
  "server.info": "read",
  "server.drain": "admin",
  "server.retention": "admin",

  "user.me": "read",
  "user.list": "admin",
  "user.create": "admin",
  "user.invite": "admin",
  "user.remove": "admin",
  "token.create": "write",
  "token.list": "read",
  "token.revoke": "write",
  "audit.list": "admin",
} as const satisfies Record<string, Scope>;

/**
 * Whatever creates credentials needs a token itself. A cookie is sent to every server on the host, whatever its port,
 * and one that received it could create itself a lasting token (RFC 6265, 8.5). So the UI asks for a token again.
 */
const TAKES_TOKEN: ReadonlySet<string> = new Set<keyof typeof PROCEDURE_SCOPES>([
  "token.create",
  "user.create",
  "user.invite",
]);

/** What a shared link opens, of its session alone: the server's `services/shared-session.ts`. */
const OF_SHARES: ReadonlySet<string> = new Set<keyof typeof PROCEDURE_SCOPES>([
  "session.get",
  "session.events",
  "session.subscribe",
]);

/** @throws TrunklineError `forbidden` if the principal's token lacks the procedure's scope, or was not presented */
export function requireScope(principal: Principal, procedure: string): void {
  if (principal.share !== undefined) {
    if (OF_SHARES.has(procedure)) return;
    throw new TrunklineError("forbidden", "This link only shows a session");
  }
  const scope = (PROCEDURE_SCOPES as Partial<Record<string, Scope>>)[procedure];
  if (scope === undefined || !principal.scopes.includes(scope)) {
    throw new TrunklineError(
      "forbidden",
      scope === undefined
        ? "This token does not allow that"
        : `This token does not allow that: it needs the scope '${scope}'`,
    );
  }
  if (principal.via === "cookie" && TAKES_TOKEN.has(procedure)) {
    throw new TrunklineError(
      "forbidden",
      "Confirm this with a token: a browser's sign-in alone can't let anybody in. Send 'Authorization: Bearer …' along",
    );
  }
}
