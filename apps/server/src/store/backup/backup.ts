/** Entry point for the CLI: `@trunkline/server/backup`. */
export { backupDatabase, type BackupSummary } from "./backup-database.ts";
export { BackupError } from "./backup-error.ts";
export type { CopyProgress } from "./copy-database.ts";
export { restoreDatabase, type RestoreOptions, type RestoreSummary } from "./restore-database.ts";
export { readStoreVersion } from "./store-version.ts";
export { verifyRows } from "./verify-rows.ts";
export { backupEverything, type WholeBackupSummary } from "./backup-everything.ts";
export { restoreEverything, type WholeRestoreSummary } from "./restore-everything.ts";
