import { LISTENER_MOUNT } from "./gate-listener.ts";
import type { Identity } from "./identity.ts";
import type { SandboxLimits } from "./limits.ts";
import type { SandboxFiles } from "./sandbox-files.ts";
import type { SystemMounts } from "./system-mounts.ts";
import { isWithinAny } from "./toolchains.ts";

/** Arguments common to all commands. */
export interface SandboxPlan {
  system: SystemMounts;
  /** Directories outside the system's to show read-only. */
  toolchains: readonly string[];
  identity: Identity;
  limits: SandboxLimits;
  /** Files that the sandbox itself needs. */
  files: SandboxFiles;
  /** Directory of the sandbox's own files. */
  dataDir: string;
  /** Directories that are never shown, even inside a shown one. */
  hidden: readonly string[];
}

export interface SandboxedCommand {
  argv: readonly string[];
  /** Absolute path of its working directory. All paths are the same inside and outside, but for stand-ins. */
  directory: string;
  /** The only writable directories. */
  writable: readonly string[];
  /** Further directories to show; they win over `writable`. */
  readOnly: readonly string[];
  /** What is shown in the place of some of them, by their paths. */
  standIns: ReadonlyMap<string, string>;
  /** Whether it shares the machine's. */
  network: boolean;
  /** Whether a socket is opened in it for the server, see `gate-listener.ts`. */
  listens: boolean;
}

/** Descriptor of the seccomp filter, as `startBwrap` passes it to bwrap. */
const FILTER_FD = 4;

/** Descriptor that bwrap reads the command's variables from. */
export const VARIABLES_FD = 5;

/** Path of the supervisor's program in the sandbox. */
export const SUPERVISOR_PROGRAM = "/run/supervisor";

/** Size of the tmpfs for the directories leading to what is shown, in bytes. */
const COVER_BYTES = 65_536;

/**
 * Arguments for bwrap(1) 0.8 or newer. It starts with an empty root and adds what is named; nothing else exists. Root,
 * `/dev` and `/proc` are made read-only at the end: they are unlimited memory, and a server running as root would
 * otherwise leave `/proc/sys` writable, including the kernel's `core_pattern`.
 */
export function bwrapArguments(plan: SandboxPlan, command: SandboxedCommand): string[] {
  const { directory, argv, network } = command;
  const variables = ["--clearenv", "--args", String(VARIABLES_FD)];
  const start = ["--chdir", directory, "--", ...argv];
  return [...isolation(plan, network), ...variables, ...mounts(plan, command), ...start];
}

/**
 * More arguments for bwrap, which it reads from `VARIABLES_FD`: the variables hold secrets, every user of the machine can read a
 * command line, and bwrap's own environment would be what its loader goes by.
 * @throws Error for a variable with a NUL, which would be an argument of its own.
 */
export function variableArguments(environment: Readonly<Record<string, string>>): string {
  const words = Object.entries(environment).flatMap(([name, value]) => ["--setenv", name, value]);
  if (words.some((word) => word.includes("\0"))) throw new Error("A variable of a command has a NUL in it");
  return words.map((word) => `${word}\0`).join("");
}

function isolation({ identity, files }: SandboxPlan, network: boolean): string[] {
  const user = ["--unshare-user", "--uid", String(identity.uid), "--gid", String(identity.gid)];
  const noOtherUser = ["--disable-userns", "--assert-userns-disabled", "--cap-drop", "ALL"];
  const rest = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"];
  if (!network) rest.push("--unshare-net");
  const life = ["--new-session", "--die-with-parent", "--as-pid-1", "--hostname", "sandbox"];
  const filter = files.filter === null ? [] : ["--seccomp", String(FILTER_FD)];
  return [...user, ...noOtherUser, ...rest, ...life, ...filter];
}

/** Later mounts cover earlier ones. */
function mounts(plan: SandboxPlan, { writable, readOnly, standIns, listens }: SandboxedCommand): string[] {
  const { system, toolchains, identity, limits, files, hidden } = plan;
  const temporary = tmpfs("/tmp", limits.temporaryBytes);
  temporary.push("--symlink", "/tmp", "/var/tmp", "--dir", "/run");
  temporary.push("--ro-bind", files.supervisor, SUPERVISOR_PROGRAM, ...(listens ? LISTENER_MOUNT : []));
  const devices = ["--dev", "/dev", ...tmpfs("/dev/shm", limits.sharedMemoryBytes), "--proc", "/proc"];
  // Lists the keys of the server's user, even to processes that can't use them.
  for (const path of ["/proc/keys", "/proc/key-users"]) devices.push("--ro-bind-try", "/dev/null", path);
  const work = [
    ...writable.flatMap((path) => ["--bind", path, path]),
    ...readOnly.flatMap((path) => ["--ro-bind", standIns.get(path) ?? path, path]),
  ];
  const covered = hidden.filter((path) => isWithinAny(path, [...system.directories, ...toolchains]));
  return [
    ...system.arguments,
    ...identity.mounts,
    ...temporary,
    ...toolchains.flatMap((path) => ["--ro-bind-try", path, path]),
    ...devices,
    ...covered.flatMap((path) => tmpfs(path, COVER_BYTES)),
    ...work,
    ...covered.flatMap((path) => ["--remount-ro", path]),
    ...["/proc", "/dev", "/"].flatMap((path) => ["--remount-ro", path]),
  ];
}

function tmpfs(path: string, bytes: number): string[] {
  // World-writable, as everywhere; bwrap creates it for its owner only.
  return ["--size", String(bytes), "--perms", "1777", "--tmpfs", path];
}
