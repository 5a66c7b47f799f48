import { TrunklineError } from "./error.ts";
import type { Principal, Scope } from "./principal.ts";

/**
 * What each procedure demands, over tRPC, REST and in streams alike: the one table of authorisation. Whose things a
 * caller may see is decided elsewhere (`services/ownership.ts` of the server). `rest/routes.ts` does not compile while a
 * procedure has no row here, and what has none is refused.
 */
export const PROCEDURE_SCOPES = {
  "task.submit": "write",
  "task.get": "read",
  "task.list": "read",
  "task.cancel": "write",
  "task.retry": "write",
  "task.edit": "write",
  "task.move": "write",

  "session.create": "write",
  "session.get": "read",
  "session.list": "read",
  "session.events": "read",
  "session.update": "write",
  "session.fork": "write",
  "session.delete": "write",
  "session.export": "read",
  "session.import": "write",
  "session.subscribe": "read",

  "approval.list": "read",
  "approval.answer": "write",
  "agent.list": "read",
  "activity.subscribe": "read",
  "search.query": "read",
  "server.info": "read",

  "user.me": "read",
  "user.list": "admin",
  "user.create": "admin",
  "user.remove": "admin",
  "token.create": "write",
  "token.list": "read",
  "token.revoke": "write",
  "audit.list": "admin",
} as const satisfies Record<string, Scope>;

/** @throws TrunklineError `forbidden` where the principal's token lacks the scope of the procedure */
export function requireScope(principal: Principal, procedure: string): void {
  const scope = (PROCEDURE_SCOPES as Partial<Record<string, Scope>>)[procedure];
  if (scope !== undefined && principal.scopes.includes(scope)) return;
  throw new TrunklineError(
    "forbidden",
    `This token may not do that; it takes one with the scope '${scope ?? "of a later version"}'`,
  );
}
