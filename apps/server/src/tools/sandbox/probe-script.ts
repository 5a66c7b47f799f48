import type { SandboxLimits } from "./limits.ts";

/** What the script ends with: one that broke off has not checked all. */
export const CHECKED = "checked";

export interface ProbeFacts {
  /** A file that the server can read and no command may. */
  canary: string;
  /** The server's own namespaces, by their names in `/proc/self/ns`, as `readlink` prints them. */
  namespaces: Readonly<Record<string, string>>;
  limits: SandboxLimits;
  /** Processes that the namespace may hold, where that is what limits them. */
  lastPid: number | null;
  /** Whether there is a filter of system calls for this processor. */
  isFiltered: boolean;
}

/**
 * A script for bash in the sandbox that prints a line for each promise that is broken, and at last `CHECKED`. It tries
 * what can be tried, and compares where a try would take long.
 */
export function probeScript({ canary, namespaces, limits, lastPid, isFiltered }: ProbeFacts): string {
  const kib = (bytes: number): number => Math.ceil(bytes / 1_024);
  const names = Object.keys(namespaces);
  return `
broken() { echo "$1"; }
writes() { ( : > "$1/.trunkline-probe" ) 2>/dev/null && broken "$1 can be written"; }
at_most() { [[ $1 != unlimited && $1 -le $2 ]] || broken "$3"; }

test -e ${quote(canary)} && broken "the data directory can be seen"
for place in / /usr /usr/bin /etc /dev /proc; do writes $place; done
test -w /proc/sys/kernel/core_pattern && broken "the kernel's settings can be written"
( : > .trunkline-probe ) 2>/dev/null || broken "the workspace cannot be written"

{ ${names.map((name) => `read -r ns_${name}`).join("; ")}; } < <(readlink ${names.map((name) => `/proc/self/ns/${name}`).join(" ")})
${names
  .map(
    (name) =>
      `[[ -n $ns_${name} && $ns_${name} != ${quote(namespaces[name] ?? "")} ]] || broken "the ${name} namespace is the server's"`,
  )
  .join("\n")}

while read -r name value; do
  case $name in
    Cap???:) [[ $value == 0000000000000000 ]] || broken "capabilities are left ($name $value)" ;;
    NoNewPrivs:) [[ $value == 1 ]] || broken "privileges can be gained" ;;
    Seccomp:) ${isFiltered ? `[[ $value == 2 ]] || broken "system calls are not filtered"` : ":"} ;;
  esac
done < /proc/self/status
unshare --user true 2>/dev/null && broken "user namespaces can be made"
for file in environ mem maps; do ( : < /proc/1/$file ) 2>/dev/null && broken "the supervisor can be inspected"; done

at_most "$(ulimit -f)" ${kib(limits.fileBytes)} "files have no limit"
at_most "$(ulimit -n)" ${limits.openFiles} "open files have no limit"
at_most "$(ulimit -d)" ${kib(limits.processMemoryBytes)} "memory has no limit"
${lastPid === null ? USER_LIMIT_CHECK : `at_most "$(cat /proc/sys/kernel/pid_max)" ${lastPid} "processes have no limit"`}
echo ${CHECKED}
`;
}

/** \`timeout\` forks, and says at once where it may not; bash would try again for seconds. */
const USER_LIMIT_CHECK = `
at_most "$(ulimit -u)" 1000000 "processes have no limit"
( ulimit -u 1; exec timeout 5 true ) 2>/dev/null
case $? in 0|127) broken "processes have no limit" ;; esac`;

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
