/** A file operation that failed; the message is for the model and uses paths as the model knows them. */
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

/** Explains a system error without the paths in its message. Other errors are returned unchanged. */
export function toWorkspaceError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  return new WorkspaceError(`${path}: ${MEANINGS[error.code] ?? error.code}`, { cause: error });
}
