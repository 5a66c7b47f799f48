import type { Runner } from "../runner/port.ts";
import { isMarkedRestored, unmarkRestored } from "../store/backup/restore-mark.ts";
import type { Store } from "../store/port.ts";

/**
 * What a backup shows as unfinished may have been done since, elsewhere: it is not done again unasked. On PostgreSQL it is
 * the operator who marks the shared directory, with all nodes stopped.
 */
export async function endRestoredTasks(sharedDir: string, store: Store, runner: Runner): Promise<void> {
  if (!(await isMarkedRestored(sharedDir))) return;
  for (const taskId of await store.tasks.unfinished("everybody")) {
    await runner.cancel(taskId, { reason: "user", by: "restore" }, 0);
  }
  await unmarkRestored(sharedDir);
}
