/** A file operation that cannot be done; the message is for the model and names paths as the model knows them. */
export class WorkspaceError extends Error {
  override readonly name = "WorkspaceError";
}

const MEANINGS: Record<string, string> = {
  ENOENT: "there is no such file or directory",
  ENOTDIR: "a part of the path is no directory",
  EISDIR: "it is a directory",
  EEXIST: "it exists already",
  ELOOP: "it is a symbolic link that leads nowhere or changes while it is followed",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  ENAMETOOLONG: "the path is too long",
  ENXIO: "it is not a regular file",
};

/** Says what the system's error means, without the paths in its own message. Other errors are given back as they are. */
export function toWorkspaceError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  return new WorkspaceError(`${path}: ${MEANINGS[error.code] ?? error.code}`, { cause: error });
}
