/** A backup or a restore that cannot be done; the message says why, and nothing was changed. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}
