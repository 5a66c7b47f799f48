import type { Kysely } from "kysely";
import type { AppendOptions } from "../ports/append.ts";
import type { Database } from "../schema.ts";
import type { Statement } from "../statement.ts";
import { insertAudit } from "./audit.ts";
import { insertRule } from "./rules.ts";

/** What is stored in the commit of an append, without following from its events; undefined: nothing. */
export function statementsBeside(
  db: Kysely<Database>,
  { audit, rule }: { audit: AppendOptions["audit"]; rule: AppendOptions["rule"] },
): Statement[] | undefined {
  const statements: Statement[] = [];
  if (audit !== undefined) statements.push(insertAudit(db, audit));
  if (rule !== undefined) statements.push(...insertRule(db, rule));
  return statements.length === 0 ? undefined : statements;
}
