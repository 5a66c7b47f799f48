import { join } from "node:path";

/** Where the embedded store keeps its database. */
export function databasePath(dataDir: string): string {
  return join(dataDir, "trunkline.db");
}
