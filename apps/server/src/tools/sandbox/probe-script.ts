import type { SandboxLimits } from "./limits.ts";

/** Last line of the script: without it, not everything was checked. */
export const CHECKED = "checked";

export interface ProbeFacts {
  /** A file that the server can read and commands must not. */
  canary: string;
  /** The server's own namespaces: links in `/proc/self/ns`. */
  namespaces: Readonly<Record<string, string>>;
  limits: SandboxLimits;
  /** Process limit of the namespace, if that is the mechanism. */
  lastPid: number | null;
  /** Whether there is a seccomp filter for this architecture. */
  isFiltered: boolean;
}

/**
 * A bash script for the sandbox that prints a line for each broken promise, then `CHECKED`. It tries what can be tried
 * quickly and inspects the rest.
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

/** \`timeout\` forks and fails immediately if it can't; bash would retry for seconds. */
const USER_LIMIT_CHECK = `
at_most "$(ulimit -u)" 1000000 "processes have no limit"
( ulimit -u 1; exec timeout 5 true ) 2>/dev/null
case $? in 0|127) broken "processes have no limit" ;; esac`;

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
