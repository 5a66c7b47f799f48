import Database from "better-sqlite3";
import { defineSearchFunctions } from "../sqlite/search-text.ts";

/** A table's rows, read directly from the database. @param path of the database file */
export function readRows<Row = Record<string, unknown>>(
  path: string,
  table: string,
  where: Partial<Record<string, string | number>> = {},
): Row[] {
  const columns = Object.keys(where);
  const condition =
    columns.length === 0 ? "" : `where ${columns.map((column) => `${column} = ?`).join(" and ")}`;
  using database = open(path);
  return database.value.prepare(`select * from ${table} ${condition}`).all(...Object.values(where)) as Row[];
}

/** Does what no part of the server would. @returns the number of changed rows. */
export function changeRows(path: string, sql: string, ...parameters: (string | number | null)[]): number {
  using database = open(path);
  return database.value.prepare(sql).run(...parameters).changes;
}

/** State after two kills without progress, and a third in progress: a working task that nobody runs. */
export function leaveBehindWorking(path: string, taskId: string): void {
  changeRows(path, "update tasks set state = 'working', ended_at = null, crashes = 2 where id = ?", taskId);
}

export function bringBackTokens(path: string): void {
  changeRows(path, "update tokens set revoked_at = null");
}

/** @throws the database's error. */
export const tamperWithAudit = {
  change: (path: string) => changeRows(path, "update audit set user_name = 'somebody else'"),
  remove: (path: string) => changeRows(path, "delete from audit"),
};

function open(path: string): Disposable & { value: Database.Database } {
  const value = new Database(path);
  value.pragma("busy_timeout = 30000");
  defineSearchFunctions(value);
  return { value, [Symbol.dispose]: () => void value.close() };
}
