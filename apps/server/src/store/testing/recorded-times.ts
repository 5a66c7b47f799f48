import type { openDatabase } from "../sqlite/open-database.ts";

/** What integers of a recording are times, in ms since the epoch: all from November 2026 to May 2027. */
const FROM = 1_795_000_000_000;
const TO = 1_809_999_999_999;
const IN_TEXT = /\b1(?:79[5-9]|80\d)\d{9}\b/g;

/**
 * A recording grows old: what waited for an answer expires, what was new is due to be removed. So all its times are moved by
 * the same amount, to when it could have been made just now.
 */
export function moveTimes(text: string, byMs: number): string {
  return text.replaceAll(IN_TEXT, (time) => String(Number(time) + byMs));
}

/** The same in each row of an embedded database. */
export function moveTimesOfRows(database: ReturnType<typeof openDatabase>, byMs: number): void {
  database.function("moved", { deterministic: true }, (text) => moveTimes(String(text), byMs));
  const tables = database
    .prepare("select name from pragma_table_list where schema = 'main' and type = 'table'")
    .pluck()
    .all() as string[];
  const columnsOf = database.prepare("select name from pragma_table_info(?)").pluck();
  // They forbid this for the audit trail.
  const triggers = database.prepare("select name, sql from sqlite_schema where type = 'trigger'").all() as {
    name: string;
    sql: string;
  }[];
  database.transaction(() => {
    for (const { name } of triggers) database.exec(`drop trigger "${name}"`);
    for (const table of tables.filter((name) => !name.startsWith("sqlite_"))) {
      const moved = (columnsOf.all(table) as string[]).map(
        (name) => `"${name}" = case
          when typeof("${name}") = 'text' then moved("${name}")
          when typeof("${name}") = 'integer' and "${name}" between ${FROM} and ${TO} then "${name}" + ${byMs}
          else "${name}" end`,
      );
      database.exec(`update "${table}" set ${moved.join(", ")}`);
    }
    for (const { sql } of triggers) database.exec(sql);
  })();
}

/** @param newest of a recording, in ms. @returns by how much its times are to be moved, so that this was a minute ago. */
export const sinceRecorded = (newest: number): number => Date.now() - 60_000 - newest;
