import { userInfo } from "node:os";
import { isAbsolute } from "node:path";

/** There is no home directory to keep anything in; its message says what to set. */
export class NoHomeError extends Error {
  override readonly name = "NoHomeError";
}

/**
 * The home of the user whose process this is: HOME or, where that is empty or relative, the one in the system's list of users. A
 * relative one would be in whatever directory a command happens to be typed.
 *
 * @throws NoHomeError
 */
export function findHome(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const given = env["HOME"]?.trim() ?? "";
  if (isAbsolute(given)) return given;
  const listed = homeInList();
  if (listed !== null) return listed;
  throw new NoHomeError(
    "There is no home directory: HOME is not an absolute path, and the system has none for this user. Set HOME, or TRUNKLINE_DATA_DIR, " +
      "XDG_CONFIG_HOME and XDG_CACHE_HOME",
  );
}

/** @returns null where the user, as in containers, is in no list or has no home there */
function homeInList(): string | null {
  try {
    const { homedir } = userInfo();
    return isAbsolute(homedir) ? homedir : null;
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).syscall === "uv_os_get_passwd" ||
      (error as { code?: unknown }).code === "ERR_SYSTEM_ERROR"
    )
      return null;
    throw error;
  }
}
