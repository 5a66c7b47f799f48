const MIB = 1_048_576;
const GIB = 1_024 * MIB;

/** What one command may take of the machine. */
export interface SandboxLimits {
  /** Processes and threads at once. */
  processes: number;
  /** Bytes of one file. */
  fileBytes: number;
  /** Open files of one process. */
  openFiles: number;
  /** Bytes of memory that one process may fill; all of them together are not counted. */
  processMemoryBytes: number;
  /** Bytes in `/tmp`, which is memory. */
  temporaryBytes: number;
  /** Bytes in `/dev/shm`, which is memory. */
  sharedMemoryBytes: number;
  /** Bytes that the workspace may hold. */
  workspaceBytes: number;
  /** Bytes that a command leaves free on the workspace's disk. */
  freeDiskBytes: number;
}

export const DEFAULT_LIMITS: SandboxLimits = {
  processes: 512,
  fileBytes: 2 * GIB,
  openFiles: 4_096,
  processMemoryBytes: 4 * GIB,
  temporaryBytes: 256 * MIB,
  sharedMemoryBytes: 64 * MIB,
  workspaceBytes: 10 * GIB,
  freeDiskBytes: 1 * GIB,
};

/** Below this the kernel takes no limit for a process namespace. */
const MIN_NAMESPACE_PIDS = 301;

/** Number of the last process id of a namespace that is to hold this many processes. */
export function lastProcessId(limits: SandboxLimits): number {
  return Math.max(limits.processes, MIN_NAMESPACE_PIDS);
}

/** As a person would say it: `2 GiB`, `1.5 MiB`. */
export function describeBytes(bytes: number): string {
  const [size, unit] = bytes >= GIB ? [bytes / GIB, "GiB"] : [bytes / MIB, "MiB"];
  return `${Number(size.toFixed(1))} ${unit}`;
}
