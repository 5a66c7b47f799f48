import { readlink } from "node:fs/promises";
import { release } from "node:os";
import { runSmall } from "../process/run-small.ts";

/** Kernels from here on have the last process id per process namespace; earlier ones per machine. */
const FIRST_KERNEL: [number, number] = [6, 14];

/** Whether this kernel can limit the processes of a namespace. */
export function canLimitNamespace(kernel: string = release()): boolean {
  const [major = 0, minor = 0] = kernel.split(".").map((part) => Number.parseInt(part, 10));
  return major > FIRST_KERNEL[0] || (major === FIRST_KERNEL[0] && minor >= FIRST_KERNEL[1]);
}

/**
 * Sets the last process id of another process's namespace, and so its maximum number of processes. For a server running
 * as root, whom the kernel exempts from RLIMIT_NPROC.
 * @param pid Of a process in the namespace.
 * @throws Error if it fails.
 */
export async function limitProcessNamespace(pid: number, lastPid: number): Promise<void> {
  const namespace = `/proc/${pid}/ns/pid`;
  const [theirs, ours] = await Promise.all([readlink(namespace), readlink("/proc/self/ns/pid")]);
  // Otherwise the whole machine would get the limit.
  if (theirs === ours || !canLimitNamespace()) throw new Error("The process has no namespace to be limited");
  // The setting belongs to the namespace of the process that opens the file.
  const setting = `echo ${lastPid} > /proc/sys/kernel/pid_max`;
  await runSmall("nsenter", [`--pid=${namespace}`, "--", "sh", "-c", setting]);
}
