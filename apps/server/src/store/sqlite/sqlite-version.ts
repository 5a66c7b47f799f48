import assert from "node:assert";

/**
 * Before 3.51.3 a WAL checkpoint could, rarely, corrupt the database ("WAL-reset bug", https://sqlite.org/wal.html).
 */
const MINIMUM = [3, 51, 3] as const;

/** @param row result of `select sqlite_version() as version`. @throws Error for an older library. */
export function assertVersion(row: unknown): void {
  assert(typeof row === "object" && row !== null && "version" in row && typeof row.version === "string");
  const parts = row.version.split(".").map(Number);
  for (const [index, minimum] of MINIMUM.entries()) {
    const part = parts[index] ?? 0;
    if (part > minimum) return;
    if (part < minimum) {
      throw new Error(`SQLite ${row.version} is too old: Trunkline needs ${MINIMUM.join(".")} or newer`);
    }
  }
}
