import Database from "better-sqlite3";
import { defineSearchFunctions } from "../sqlite/search-text.ts";

/** The rows of a table as the database has them, behind the store's back. @param path of the database's file */
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

/** Does what no part of the server would. @returns how many rows it changed. */
export function changeRows(path: string, sql: string, ...parameters: (string | number | null)[]): number {
  using database = open(path);
  return database.value.prepare(sql).run(...parameters).changes;
}

/** What two kills without progress, and a third under way, leave behind: a task that works, and nobody who works on it. */
export function leaveBehindWorking(path: string, taskId: string): void {
  changeRows(path, "update tasks set state = 'working', ended_at = null, crashes = 2 where id = ?", taskId);
}

export function bringBackTokens(path: string): void {
  changeRows(path, "update tokens set revoked_at = null");
}

/** @throws what the database says to that. */
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
