/** A file operation that cannot be done; the message is for the model and names paths as the model knows them. */
export class WorkspaceError extends Error {
  override readonly name = "WorkspaceError";
}

const MEANINGS: Record<string, string> = {
  ENOENT: "no such file or directory",
  ENOTDIR: "not a directory",
  EISDIR: "is a directory",
  EEXIST: "already exists",
  ELOOP: "a symbolic link on the way is broken or loops",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  ENAMETOOLONG: "file name too long",
  ENXIO: "not a regular file",
};

/** Says what a system error means, without the paths of its own message. Other errors are returned as they are. */
export function toWorkspaceError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  return new WorkspaceError(`${path}: ${MEANINGS[error.code] ?? error.code}`, { cause: error });
}
