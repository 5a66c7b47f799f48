/** What a machine that has a sandbox says while it is short of disk, memory, files or processes. */
const SHORT_OF = new Set(["ENOSPC", "EDQUOT", "ENOMEM", "EAGAIN", "EMFILE", "ENFILE"]);

/** The same, in words of a program that it has told. */
const SHORT_OF_WORDS =
  /No space left on device|Disk quota exceeded|Cannot allocate memory|Resource temporarily unavailable|Too many open files/i;

/**
 * Whether this failed for lack of what there may be again, or at a file of ours before the program was started: it says nothing
 * about what works.
 */
export function isShortage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // A temporary directory that is gone or read-only, for example.
  if ("syscall" in error && typeof error.syscall === "string" && !error.syscall.startsWith("spawn"))
    return true;
  if ("code" in error && typeof error.code === "string" && SHORT_OF.has(error.code)) return true;
  return SHORT_OF_WORDS.test(error.message) || isShortage(error.cause);
}
