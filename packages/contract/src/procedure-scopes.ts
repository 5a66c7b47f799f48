import { TrunklineError } from "./error.ts";
import type { Principal, Scope } from "./principal.ts";

/**
 * The scope that each procedure needs, over tRPC, REST and streams: the only table of authorisation. Ownership is checked
 * elsewhere (the server's `services/ownership.ts`). A procedure without a row here is refused, and `rest/routes.ts` does
 * not compile.
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
    scope === undefined
      ? "This token does not allow that"
      : `This token does not allow that: it needs the scope '${scope}'`,
  );
}
