/** A backup or restore that failed; the message says why, and nothing was changed. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}
