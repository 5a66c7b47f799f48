import Database from "better-sqlite3";

/** @param revoke revokes them all first. @returns the number of valid tokens and signed-in browsers. */
export function countTokens(path: string, revoke: boolean): number {
  const database = new Database(path);
  try {
    const now = Date.now();
    if (revoke) database.prepare("update tokens set revoked_at = ? where revoked_at is null").run(now);
    const active =
      "select count(*) from tokens where revoked_at is null and (expires_at is null or expires_at > ?)";
    return Number(database.prepare(active).pluck().get(now));
  } finally {
    database.close();
  }
}
