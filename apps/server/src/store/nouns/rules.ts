import { MAX_USER_RULES } from "@trunkline/contract";
import { type Kysely, type Selectable, sql } from "kysely";
import type { RuleStore, StoredRule } from "../ports/rules.ts";
import type { Database, RulesTable } from "../schema.ts";
import { type Statement, statement, type WriteStatements } from "../statement.ts";
import { insertAudit } from "./audit.ts";
import { takeTurns } from "./take-turns.ts";

export function createRuleStore(db: Kysely<Database>, write: WriteStatements): RuleStore {
  const ofOwner = (ownerId: string) => db.selectFrom("rules").selectAll().where("owner_id", "=", ownerId);
  return {
    async ofOwner(ownerId) {
      const rows = await ofOwner(ownerId).orderBy("id", "desc").execute();
      return rows.map(toRule);
    },

    async inSession({ sessionId, ownerId }) {
      const project = db.selectFrom("sessions").select("project_id").where("id", "=", sessionId);
      const rows = await ofOwner(ownerId)
        .where((where) => where.or([where("project_id", "is", null), where("project_id", "=", project)]))
        .orderBy("id", "desc")
        .execute();
      return rows.map(toRule);
    },

    async create(rule, audit) {
      await write([...insertRule(db, rule), insertAudit(db, audit)]);
    },

    async delete({ id, ownerId }, audit) {
      const gone = db.deleteFrom("rules").where("id", "=", id).where("owner_id", "=", ownerId);
      await write([statement(gone.compile(), 1), insertAudit(db, audit)], { mayUseBallast: true });
    },

    async deleteOf(ownerId) {
      const gone = db.deleteFrom("rules").where("owner_id", "=", ownerId);
      await write([statement(gone.compile())], { mayUseBallast: true });
    },
  };
}

/** Refused where its owner has as many as allowed. */
export function insertRule(db: Kysely<Database>, rule: StoredRule): Statement[] {
  const { id, ownerId, projectId, effect, tool, pattern, path, host, createdBy, createdAt, expiresAt } = rule;
  const insert = sql`
    insert into rules
      (id, owner_id, project_id, effect, tool, pattern, path, host, created_by, created_at, expires_at)
    select ${id}, ${ownerId}, ${projectId ?? null}, ${effect}, ${tool ?? null}, ${pattern ?? null}, ${path ?? null},
      ${host ?? null}, ${createdBy}, ${createdAt}, ${expiresAt}
    where (select count(*) from rules where owner_id = ${ownerId}) < ${MAX_USER_RULES}`;
  return [takeTurns(db, ownerId), statement(insert.compile(db), 1)];
}

function toRule(row: Selectable<RulesTable>): StoredRule {
  const { id, effect, tool, pattern, path, host } = row;
  return {
    id,
    ownerId: row.owner_id,
    effect,
    ...(tool !== null && { tool }),
    ...(pattern !== null && { pattern }),
    ...(path !== null && { path }),
    ...(host !== null && { host }),
    ...(row.project_id !== null && { projectId: row.project_id }),
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
