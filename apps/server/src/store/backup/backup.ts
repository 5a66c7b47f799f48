/** Entry point for the CLI: `@trunkline/server/backup`. */
export { backupDatabase, type BackupSummary } from "./backup-database.ts";
export { BackupError } from "./backup-error.ts";
export type { CopyProgress } from "./copy-database.ts";
export { restoreDatabase, type RestoreOptions, type RestoreSummary } from "./restore-database.ts";
export { verifyRows } from "./verify-rows.ts";
