/** @returns whether this machine has such a process, of any user */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is running, as another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
