const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EEXIST: "it exists already",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a directory",
  ENOTDIR: "part of the path is not a directory",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
};

/** @returns why a file can't be used, in words instead of an error code. */
export function fileProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  return PROBLEMS[code] ?? error.message;
}
