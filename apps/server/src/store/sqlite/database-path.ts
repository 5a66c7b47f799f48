import { join } from "node:path";

/** Path of the embedded store's database. */
export function databasePath(dataDir: string): string {
  return join(dataDir, "trunkline.db");
}
