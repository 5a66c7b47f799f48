import Database from "better-sqlite3";

/** What lets somebody in besides tokens: one who comes with an invitation or the link of a shared session. */
export const TABLES_OF_LINKS = ["invitations", "shares"] as const;

/** @returns the number of valid tokens and signed-in browsers in a database file */
export function countTokens(path: string): number {
  using database = open(path);
  const active =
    "select count(*) from tokens where revoked_at is null and (expires_at is null or expires_at > ?)";
  return Number(database.connection.prepare(active).pluck().get(Date.now()));
}

/** Revokes all tokens in a database file, and with them invitations and links: the ledger of revocations would have them, too. */
export function revokeAccess(path: string): void {
  using database = open(path);
  const { connection } = database;
  connection.prepare("update tokens set revoked_at = ? where revoked_at is null").run(Date.now());
  // A backup of an earlier version lacks some.
  const isThere = connection.prepare("select 1 from sqlite_master where type = 'table' and name = ?");
  for (const table of TABLES_OF_LINKS) {
    if (isThere.get(table) !== undefined) connection.exec(`delete from ${table}`);
  }
}

function open(path: string): { connection: Database.Database } & Disposable {
  const connection = new Database(path);
  return { connection, [Symbol.dispose]: () => void connection.close() };
}
