import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";

/** These server errors are meant for people; anything else is a bug. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const names = [
      "BackupError",
      "DataDirError",
      "DataDirLockedError",
      "SharedDirectoryError",
      "StoreOpenError",
    ];
    if (!(error instanceof Error) || !names.includes(error.name)) throw error;
    throw new CommandError(EXIT.failed, error.message, { cause: error });
  }
}
