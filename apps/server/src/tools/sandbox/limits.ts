const MIB = 1_048_576;
const GIB = 1_024 * MIB;

/** Resource limits of one command. */
export interface SandboxLimits {
  /** Processes and threads. */
  processes: number;
  /** Bytes per file. */
  fileBytes: number;
  /** Open files per process. */
  openFiles: number;
  /** Bytes of memory per process; the total is not limited. */
  processMemoryBytes: number;
  /** Bytes in `/tmp` (memory). */
  temporaryBytes: number;
  /** Bytes in `/dev/shm` (memory). */
  sharedMemoryBytes: number;
  /** Bytes of the workspace. */
  workspaceBytes: number;
  /** Bytes to leave free on the workspace's disk. */
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

/** Minimum that the kernel accepts for a process namespace. */
const MIN_NAMESPACE_PIDS = 301;

/** Highest process id of a namespace with this many processes. */
export function lastProcessId(limits: SandboxLimits): number {
  return Math.max(limits.processes, MIN_NAMESPACE_PIDS);
}
