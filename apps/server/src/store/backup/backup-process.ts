/** Backs everything up, in a process of its own: hashing and checking would hold up the server. To be forked with the options as JSON. */
import { backupEverything, type WholeBackupOptions } from "./backup-everything.ts";

process.once("message", (message: { directory: string; options: WholeBackupOptions }) => {
  backupEverything(message.directory, message.options)
    .then(
      (summary) => process.send?.({ summary }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
    )
    .finally(() => process.disconnect?.());
});
// The server is gone: its next start begins anew.
process.once("disconnect", () => process.exit());
