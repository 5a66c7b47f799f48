/**
 * A Python program that ignores TERM, has no environment, leaves session and group, and has no parent. Its first
 * argument is the file to write when it is ready.
 */
export const STUBBORN = `
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork(): sys.exit(0)
os.setsid()
if os.fork(): sys.exit(0)
if len(sys.argv) == 2: os.execve(sys.executable, [sys.executable, *sys.argv, "again"], {})
open(sys.argv[1] + ".new", "w").write(str(os.getpid()))
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(700)
`;

/** Shell code that waits for a file in the workspace. */
export function untilFile(name: string): string {
  return `until test -s ${name}; do sleep 0.02; done`;
}
