import type { Identity } from "./identity.ts";
import type { SandboxLimits } from "./limits.ts";
import type { SandboxFiles } from "./sandbox-files.ts";
import type { SystemMounts } from "./system-mounts.ts";
import { isWithinAny } from "./toolchains.ts";

/** What is the same for every command. */
export interface SandboxPlan {
  system: SystemMounts;
  /** Directories outside the system's that are shown, to be read. */
  toolchains: readonly string[];
  identity: Identity;
  network: boolean;
  limits: SandboxLimits;
  /** Files that the sandbox needs itself. */
  files: SandboxFiles;
  /** The sandbox's own files are below it. */
  dataDir: string;
  /** Directories that are never shown, also where they lie in one that is. */
  hidden: readonly string[];
}

export interface SandboxedCommand {
  argv: readonly string[];
  /** Absolute path of the one directory that can be written, the same inside and outside. */
  workspace: string;
  environment: Readonly<Record<string, string>>;
}

/** Descriptor of the filter of system calls, as `startBwrap` gives it to bwrap. */
const FILTER_FD = 4;

/** Where the supervisor's program is in the sandbox. */
export const SUPERVISOR_PROGRAM = "/run/supervisor";

/** Room for the directories that lead to the workspace, in bytes. */
const COVER_BYTES = 65_536;

/**
 * Arguments of bwrap 0.8 or newer, bwrap(1). It begins with an empty root and adds what is named; everything else is
 * not there. The root itself, `/dev` and `/proc` are made read-only at the end: they are memory without a limit, and a
 * server that runs as root would otherwise leave `/proc/sys` writable, and with it the kernel's `core_pattern`.
 */
export function bwrapArguments(plan: SandboxPlan, command: SandboxedCommand): string[] {
  const { environment, workspace, argv } = command;
  const variables = Object.entries(environment).flatMap(([name, value]) => ["--setenv", name, value]);
  const start = ["--chdir", workspace, "--", ...argv];
  return [...isolation(plan), "--clearenv", ...variables, ...mounts(plan, workspace), ...start];
}

function isolation({ identity, network, files }: SandboxPlan): string[] {
  const user = ["--unshare-user", "--uid", String(identity.uid), "--gid", String(identity.gid)];
  const noOtherUser = ["--disable-userns", "--assert-userns-disabled", "--cap-drop", "ALL"];
  const rest = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"];
  if (!network) rest.push("--unshare-net");
  const life = ["--new-session", "--die-with-parent", "--as-pid-1", "--hostname", "sandbox"];
  const filter = files.filter === null ? [] : ["--seccomp", String(FILTER_FD)];
  return [...user, ...noOtherUser, ...rest, ...life, ...filter];
}

/** What is mounted later lies on what was mounted before it. */
function mounts(plan: SandboxPlan, workspace: string): string[] {
  const { system, toolchains, identity, limits, files, hidden } = plan;
  const temporary = tmpfs("/tmp", limits.temporaryBytes);
  temporary.push("--symlink", "/tmp", "/var/tmp", "--dir", "/run");
  temporary.push("--ro-bind", files.supervisor, SUPERVISOR_PROGRAM);
  const devices = ["--dev", "/dev", ...tmpfs("/dev/shm", limits.sharedMemoryBytes), "--proc", "/proc"];
  // Tells what keys the server's user has, also to those who can do nothing with them.
  for (const path of ["/proc/keys", "/proc/key-users"]) devices.push("--ro-bind-try", "/dev/null", path);
  const work = ["--bind", workspace, workspace];
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
  // Anybody may write there, as everywhere; bwrap makes it for its owner alone.
  return ["--size", String(bytes), "--perms", "1777", "--tmpfs", path];
}
