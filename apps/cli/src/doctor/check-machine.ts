import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { fileProblem } from "../file-problem.ts";
import type { Finding } from "./finding.ts";

/** Repeated in the launcher, because an older Node could not load this file. */
const OLDEST_NODE = { major: 24, minor: 16 };

const LOW_DISK_BYTES = 1_000_000_000;
const FULL_DISK_BYTES = 100_000_000;

/** @param version like `process.versions.node` */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const { major: oldest, minor: oldestMinor } = OLDEST_NODE;
  if (major > oldest || (major === oldest && minor >= oldestMinor)) {
    return { check: "node", level: "ok", message: version };
  }
  return {
    check: "node",
    level: "fail",
    message: `${version}; ${oldest}.${oldestMinor} or later is required`,
  };
}

/** Whether this user's server can use the directory, and nobody else can read it. */
export async function checkDataDir(path: string): Promise<Finding> {
  const finding = (level: Finding["level"], message: string): Finding => ({
    check: "data directory",
    level,
    message,
  });
  try {
    const stats = await stat(path);
    if (!stats.isDirectory())
      return finding("fail", `${path} is not a directory. Choose another: --data-dir PATH`);
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    const mode = stats.mode & 0o777;
    const octal = mode.toString(8).padStart(3, "0");
    return (mode & 0o077) === 0
      ? finding("ok", `${path}, mode ${octal}`)
      : finding("warn", `${path} has mode ${octal}: other users may read it. Fix: chmod 700 ${path}`);
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.code === "ENOENT") return finding("warn", `${path} does not exist yet; the server creates it`);
    return finding("fail", `Can't use ${path}: ${fileProblem(error)}`);
  }
}

/** Free space for a directory. */
export async function checkDisk(
  directory: string,
  check: Extract<Finding["check"], "disk" | "shared disk"> = "disk",
): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearestExisting(directory));
  return { ...judgeDisk(bavail * bsize), check };
}

export function judgeDisk(freeBytes: number): Finding {
  const free = `${(freeBytes / 1_000_000_000).toFixed(1)} GB free`;
  if (freeBytes < FULL_DISK_BYTES) {
    return { check: "disk", level: "fail", message: `${free}: too little to store anything` };
  }
  if (freeBytes < LOW_DISK_BYTES) return { check: "disk", level: "warn", message: `${free}: running low` };
  return { check: "disk", level: "ok", message: free };
}

async function nearestExisting(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch((error: unknown) => {
      if (isErrno(error) && at !== dirname(at)) return null;
      throw error;
    });
    if (found !== null) return at;
  }
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
