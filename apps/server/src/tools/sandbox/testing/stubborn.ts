/**
 * A program in Python that ignores TERM, has no environment, leaves session and group behind, and is nobody's child. Its
 * first argument is the file that it writes when it is there.
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

/** What a command says to wait for a file of its workspace. */
export function untilFile(name: string): string {
  return `until test -s ${name}; do sleep 0.02; done`;
}
